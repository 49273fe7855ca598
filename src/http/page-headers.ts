import { createHash } from "node:crypto";

/** Only what is inside the page itself may run in it, and nobody may frame it. */
export function pageHeaders(html: string): Record<string, string> {
	const hashOf = (pattern: RegExp) =>
		`'sha256-${createHash("sha256")
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
		"Content-Type": "text/html; charset=utf-8",
		"Cache-Control": "no-cache",
		"Content-Security-Policy": policy.join("; "),
		"X-Content-Type-Options": "nosniff",
		"X-Frame-Options": "DENY",
		// Forms need the origin; other sites are told nothing.
		"Referrer-Policy": "same-origin",
	};
}
