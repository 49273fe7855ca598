import { expect, test } from "bun:test";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { makeCertificate } from "../../src/tls/make-certificate.ts";

test("a certificate is valid for its names and days, and signed by an authority made for it", async () => {
	const made = await makeCertificate(["pi.local", "192.168.1.5", "fe80::1"], 30);
	const [ca, cert] = [new X509Certificate(made.ca), new X509Certificate(made.cert)];
	expect(cert.subjectAltName).toBe(
		"DNS:pi.local, IP Address:192.168.1.5, IP Address:FE80:0:0:0:0:0:0:1",
	);
	expect([cert.checkIssued(ca), cert.verify(ca.publicKey), ca.ca, cert.ca]).toEqual([
		true,
		true,
		true,
		false,
	]);
	expect(cert.checkPrivateKey(createPrivateKey(made.key))).toBe(true);
	expect(cert.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1"]);
	const days = (Date.parse(cert.validTo) - Date.parse(cert.validFrom)) / 86_400_000;
	expect(days).toBe(30);
	expect(Date.parse(cert.validFrom)).toBeLessThan(Date.now());
	expect(made.cert).toEndWith(made.ca);
});

test("each one has an authority of its own", async () => {
	const [one, two] = [await makeCertificate(["a"], 1), await makeCertificate(["a"], 1)];
	expect(new X509Certificate(one.cert).verify(new X509Certificate(two.ca).publicKey)).toBe(false);
});
