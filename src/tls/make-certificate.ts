// The library's own dependency asks for it to be loaded first.
import "reflect-metadata";
import { isIP } from "node:net";
import {
	AuthorityKeyIdentifierExtension,
	BasicConstraintsExtension,
	ExtendedKeyUsage,
	ExtendedKeyUsageExtension,
	KeyUsageFlags,
	KeyUsagesExtension,
	PemConverter,
	SubjectAlternativeNameExtension,
	SubjectKeyIdentifierExtension,
	X509CertificateGenerator,
} from "@peculiar/x509";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const DAY_MS = 86_400_000;
/** Apple's devices take no certificate that is good for longer, whoever signed it. */
export const LONGEST_DAYS = 825;

/** PEM texts. */
export interface MadeCertificate {
	/** What devices are to trust. */
	readonly ca: string;
	/** The server's certificate, the authority's after it. */
	readonly cert: string;
	readonly key: string;
}

/**
 * Makes a certificate for a network of one's own, signed by an authority made for it alone. The authority's
 * key is forgotten: who trusts the authority trusts this server, and nothing else can ever be signed by it.
 * @param names Host names and addresses; at least one.
 * @param days At most {@link LONGEST_DAYS}.
 */
export async function makeCertificate(
	names: readonly [string, ...string[]],
	days: number,
): Promise<MadeCertificate> {
	const [caKeys, keys] = [await newKeys(), await newKeys()];
	// Clocks of devices differ.
	const notBefore = new Date(Date.now() - DAY_MS);
	const notAfter = new Date(notBefore.getTime() + days * DAY_MS);
	const ca = await X509CertificateGenerator.createSelfSigned({
		name: [{ CN: [`IoTtalk on ${names[0]}`] }],
		notBefore,
		notAfter,
		keys: caKeys,
		signingAlgorithm: ALGORITHM,
		extensions: [
			new BasicConstraintsExtension(true, 0, true),
			new KeyUsagesExtension(KeyUsageFlags.keyCertSign, true),
			await SubjectKeyIdentifierExtension.create(caKeys.publicKey),
		],
	});
	const cert = await X509CertificateGenerator.create({
		subject: [{ CN: [names[0]] }],
		issuer: ca.subject,
		notBefore,
		notAfter,
		publicKey: keys.publicKey,
		signingKey: caKeys.privateKey,
		signingAlgorithm: ALGORITHM,
		extensions: [
			new BasicConstraintsExtension(false, undefined, true),
			new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
			new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
			new SubjectAlternativeNameExtension(
				names.map((value) => ({
					type: isIP(value) === 0 ? ("dns" as const) : ("ip" as const),
					value,
				})),
			),
			await SubjectKeyIdentifierExtension.create(keys.publicKey),
			await AuthorityKeyIdentifierExtension.create(caKeys.publicKey),
		],
	});
	const pkcs8 = await crypto.subtle.exportKey("pkcs8", keys.privateKey);
	const caText = `${ca.toString("pem")}\n`;
	return {
		ca: caText,
		cert: `${cert.toString("pem")}\n${caText}`,
		key: `${PemConverter.encode(pkcs8, "PRIVATE KEY")}\n`,
	};
}

function newKeys(): Promise<CryptoKeyPair> {
	return crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
}
