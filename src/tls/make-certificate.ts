import { isIP } from "node:net";

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const DAY_MS = 86_400_000;
/** Apple's devices reject certificates that are valid for longer, whatever authority signed them. */
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
 * Makes a certificate for a private network, signed by an authority made for it alone. The authority's
 * key is forgotten: trusting the authority is trusting this server, and nothing else can ever be signed by it.
 * @param names Host names and addresses; at least one.
 * @param days At most {@link LONGEST_DAYS}.
 */
export async function makeCertificate(
	names: readonly [string, ...string[]],
	days: number,
): Promise<MadeCertificate> {
	const x509 = await loadX509();
	const [caKeys, keys] = [await newKeys(), await newKeys()];
	// Clocks of devices differ.
	const notBefore = new Date(Date.now() - DAY_MS);
	const notAfter = new Date(notBefore.getTime() + days * DAY_MS);
	const ca = await x509.X509CertificateGenerator.createSelfSigned({
		name: [{ CN: [`IoTtalk on ${names[0]}`] }],
		notBefore,
		notAfter,
		keys: caKeys,
		signingAlgorithm: ALGORITHM,
		extensions: [
			new x509.BasicConstraintsExtension(true, 0, true),
			new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
			await x509.SubjectKeyIdentifierExtension.create(caKeys.publicKey),
		],
	});
	const cert = await x509.X509CertificateGenerator.create({
		subject: [{ CN: [names[0]] }],
		issuer: ca.subject,
		notBefore,
		notAfter,
		publicKey: keys.publicKey,
		signingKey: caKeys.privateKey,
		signingAlgorithm: ALGORITHM,
		extensions: [
			new x509.BasicConstraintsExtension(false, undefined, true),
			new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
			new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
			new x509.SubjectAlternativeNameExtension(
				names.map((value) => ({
					type: isIP(value) === 0 ? ("dns" as const) : ("ip" as const),
					value,
				})),
			),
			await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
			await x509.AuthorityKeyIdentifierExtension.create(caKeys.publicKey),
		],
	});
	const pkcs8 = await crypto.subtle.exportKey("pkcs8", keys.privateKey);
	const caText = `${ca.toString("pem")}\n`;
	return {
		ca: caText,
		cert: `${cert.toString("pem")}\n${caText}`,
		key: `${x509.PemConverter.encode(pkcs8, "PRIVATE KEY")}\n`,
	};
}

function newKeys(): Promise<CryptoKeyPair> {
	return crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
}

/** Loaded only for this: a server that runs has no use for it. */
async function loadX509() {
	// The library's own dependency asks for this one to be loaded first.
	await import("reflect-metadata");
	return await import("@peculiar/x509");
}
