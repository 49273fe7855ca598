export { Certificate, type CertificateFiles, type TlsKeys } from "./certificate.ts";
export { LONGEST_DAYS, makeCertificate } from "./make-certificate.ts";
export {
	machineNames,
	OWN_IN_INI,
	ownCertificate,
	writeOwnCertificate,
} from "./own-certificate.ts";
export { RenewableListener } from "./renewable-listener.ts";
