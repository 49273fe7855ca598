export { Certificate, type CertificateFiles, type TlsKeys } from "./certificate.ts";
export { LONGEST_DAYS, makeCertificate } from "./make-certificate.ts";
export { RenewableListener } from "./renewable-listener.ts";
