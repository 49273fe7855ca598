/** Header fields of a page: only what is inside the page itself may run in it, and no other page may frame it. */
export function pageHeaders(html: string): Record<string, string> {
	const hashOf = (pattern: RegExp) =>
		`'sha256-${new Bun.CryptoHasher("sha256")
			.update(pattern.exec(html)?.[1] ?? "")
			.digest("base64")}'`;
	const policy = [
		"default-src 'none'",
		`script-src ${hashOf(/<script type="module">(.*)<\/script>/s)}`,
		`style-src ${hashOf(/<style>(.*?)<\/style>/s)}`,
		...["img-src data:", "connect-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"],
		"form-action 'self'",
	];
	return {
		"cache-control": "no-cache",
		"content-security-policy": policy.join("; "),
		"content-type": "text/html; charset=utf-8",
		// Forms need the origin; other sites are told nothing.
		"referrer-policy": "same-origin",
		"x-content-type-options": "nosniff",
		"x-frame-options": "DENY",
	};
}
