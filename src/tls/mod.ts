export { Certificate, type CertificateFiles, type TlsKeys } from "./certificate.ts";
export { Door } from "./renewable-listener.ts";
