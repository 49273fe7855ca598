import type { RequestHeaders } from "./request-headers.ts";

/** A file of a page as the build made it. */
export interface PageFile {
	/** Media type. */
	readonly type: string;
	/** Of its content, without quotes. */
	readonly etag: string;
	/** Where it is, compressed with Brotli and gzip. */
	readonly br: string;
	readonly gz: string;
}

const PAGE = "index.html";
/** Only scripts and styles of the server itself; no other page may frame it. */
const policyWith = (pictures: string) =>
	[
		...["default-src 'none'", "script-src 'self'", "style-src 'self'", `img-src ${pictures}`],
		...["connect-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"],
	].join("; ");
const SHARED = {
	vary: "Accept-Encoding",
	// Forms need the origin; other sites are told nothing.
	"referrer-policy": "same-origin",
	"x-content-type-options": "nosniff",
};
const CACHING = {
	page: { "cache-control": "no-cache", "x-frame-options": "DENY" },
	// The name of every other file has the hash of its content.
	rest: { "cache-control": "public, max-age=31536000, immutable" },
};

/** Answers requests for a page that was built as several files; each is read when it is first asked for. */
export class PageFiles {
	readonly #files: Readonly<Record<string, PageFile>>;
	readonly #policy: string;
	/** By their places. */
	readonly #read = new Map<string, Promise<Uint8Array<ArrayBuffer>>>();

	/**
	 * @param files By name; `index.html` is the page itself.
	 * @param pictures Where pictures may come from, as the policy says it (`img-src`).
	 */
	constructor(files: Readonly<Record<string, PageFile>>, pictures = "'self' data:") {
		this.#files = files;
		this.#policy = policyWith(pictures);
	}

	/** The page itself. */
	page(headers: Pick<RequestHeaders, "get">): Promise<Response | undefined> {
		return this.file(PAGE, headers);
	}

	/** @returns undefined: there is no such file. */
	async file(name: string, headers: Pick<RequestHeaders, "get">): Promise<Response | undefined> {
		const found = Object.hasOwn(this.#files, name) ? this.#files[name] : undefined;
		if (found === undefined) return undefined;
		const coding = codingFor(headers.get("accept-encoding"));
		const etag = `"${found.etag}-${coding}"`;
		const policy = { ...CACHING.page, "content-security-policy": this.#policy };
		const fields = { ...SHARED, ...(name === PAGE ? policy : CACHING.rest), etag };
		if (isKnown(etag, headers.get("if-none-match"))) {
			return new Response(null, { status: 304, headers: fields });
		}
		const type = { ...fields, "content-type": found.type };
		if (coding === "br") {
			const content = await this.#content(found.br);
			return new Response(content, { headers: { ...type, "content-encoding": "br" } });
		}
		const content = await this.#content(found.gz);
		if (coding === "identity") return new Response(Bun.gunzipSync(content), { headers: type });
		return new Response(content, { headers: { ...type, "content-encoding": "gzip" } });
	}

	#content(path: string): Promise<Uint8Array<ArrayBuffer>> {
		let content = this.#read.get(path);
		if (content === undefined) {
			content = Bun.file(path).bytes();
			this.#read.set(path, content);
			content.catch(() => this.#read.delete(path));
		}
		return content;
	}
}

/** The shortest coding that a client takes (RFC 9110, section 12.5.3). */
function codingFor(accepted: string | null | undefined): "br" | "gzip" | "identity" {
	const taken = new Set(
		(accepted ?? "")
			.toLowerCase()
			.split(",")
			.map((one) => one.split(";").map((part) => part.trim()))
			.filter(([, weight = ""]) => !/^q=0(\.0*)?$/.test(weight))
			.map(([name = ""]) => name),
	);
	if (taken.has("br")) return "br";
	return taken.has("gzip") ? "gzip" : "identity";
}

/** Whether a client has this content already; proxies that compress make a tag weak. */
function isKnown(etag: string, known: string | null | undefined): boolean {
	if (known === undefined || known === null) return false;
	const tags = known.split(",").map((tag) => tag.trim().replace(/^W\//, ""));
	return tags.includes(etag) || tags.includes("*");
}
