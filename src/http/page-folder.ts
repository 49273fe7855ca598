import { constants } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { extname, join, sep } from "node:path";
import { codeOf } from "../kit/mod.ts";

/** An answer as any HTTP server can send it. */
export interface FolderReply {
	readonly status: number;
	readonly fields: Readonly<Record<string, string>>;
	readonly content: string | Uint8Array<ArrayBuffer>;
}

/** Largest file, bytes: each is read whole. */
const MAX_FILE_BYTES = 16 << 20;
const INDEX = "index.html";

const TEXT_TYPES: Readonly<Record<string, string>> = {
	...{ ".html": "text/html", ".htm": "text/html", ".css": "text/css", ".csv": "text/csv" },
	...{ ".js": "text/javascript", ".mjs": "text/javascript", ".json": "application/json" },
	...{ ".svg": "image/svg+xml", ".xml": "application/xml", ".txt": "text/plain" },
	...{ ".md": "text/markdown", ".webmanifest": "application/manifest+json" },
};
const OTHER_TYPES: Readonly<Record<string, string>> = {
	...{ ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif" },
	...{ ".webp": "image/webp", ".avif": "image/avif", ".ico": "image/x-icon" },
	...{ ".woff": "font/woff", ".woff2": "font/woff2", ".ttf": "font/ttf", ".otf": "font/otf" },
	...{ ".mp3": "audio/mpeg", ".ogg": "audio/ogg", ".wav": "audio/wav", ".m4a": "audio/mp4" },
	...{ ".mp4": "video/mp4", ".webm": "video/webm", ".wasm": "application/wasm" },
	...{ ".pdf": "application/pdf" },
};
const UNKNOWN_TYPE = "application/octet-stream";

/**
 * With everything of such a folder, errors too. The policy gives a page an origin of its own, that of no server: it sees
 * neither cookies nor answers of this one, and is refused as any page elsewhere is. It may load its own files, modules
 * and fonts too, because everyone may.
 */
const SHARED = {
	"access-control-allow-origin": "*",
	"cache-control": "no-store",
	"content-security-policy": "sandbox allow-scripts allow-forms allow-popups",
	"referrer-policy": "no-referrer",
	"x-content-type-options": "nosniff",
};

/** Serves pages that people put into a folder, each file as it is at the moment. */
export class PageFolder {
	readonly #folder: string;

	/** @param folder Whole path; empty: there is none. */
	constructor(folder: string) {
		this.#folder = folder;
	}

	/**
	 * A file, or the `index.html` of a folder; 404 for what is not there, is hidden, or lies elsewhere behind a link.
	 * @param path Below the folder, decoded once, such as `lamp/` or `lamp/app.js`. A folder has a slash at its end, else the
	 * answer leads there: its page would look for its files in the wrong place.
	 */
	async answer(path: string): Promise<FolderReply> {
		const names = path.split("/");
		if (names.at(-1) === "") names.splice(-1, 1, INDEX);
		if (this.#folder === "" || !names.every(isPlain)) return NOT_THERE;
		try {
			return await this.#read(names, path);
		} catch (error) {
			return MISSING.has(codeOf(error) ?? "") ? NOT_THERE : UNREADABLE;
		}
	}

	async #read(names: readonly string[], path: string): Promise<FolderReply> {
		// Loaded with the first page: most servers have none.
		const { open, realpath } = process.getBuiltinModule("node:fs/promises");
		const root = await realpath(this.#folder);
		const place = await realpath(join(root, ...names));
		if (!place.startsWith(root.endsWith(sep) ? root : root + sep)) return NOT_THERE;
		// A pipe would wait for its other end; what became a link since then is not followed.
		const file = await open(
			place,
			constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK,
		);
		try {
			return await contentOf(file, place, path);
		} finally {
			await file.close();
		}
	}
}

async function contentOf(file: FileHandle, place: string, path: string): Promise<FolderReply> {
	const found = await file.stat();
	if (found.isDirectory()) {
		const name = path.split("/").at(-1) ?? "";
		const location = `${encodeURIComponent(name)}/`;
		return { status: 308, fields: { ...SHARED, location }, content: "" };
	}
	if (!found.isFile()) return NOT_THERE;
	if (found.size > MAX_FILE_BYTES) return TOO_LARGE;
	const content = new Uint8Array(found.size);
	const { bytesRead } = await file.read(content, 0, found.size, 0);
	return {
		status: 200,
		fields: { ...SHARED, "content-type": typeOf(place) },
		content: content.subarray(0, bytesRead),
	};
}

/** Whether a name may be asked for: not one that leads up, is hidden, or means something to the system. */
function isPlain(name: string): boolean {
	return name !== "" && !name.startsWith(".") && !/[\\/\0]/.test(name);
}

function typeOf(place: string): string {
	const extension = extname(place).toLowerCase();
	const text = TEXT_TYPES[extension];
	return text === undefined ? (OTHER_TYPES[extension] ?? UNKNOWN_TYPE) : `${text}; charset=utf-8`;
}

const MISSING = new Set(["ENOENT", "ENOTDIR", "ELOOP", "ENAMETOOLONG", "EINVAL", "ENXIO"]);
const NOT_THERE = refusal(404, "there is no such page");
const UNREADABLE = refusal(403, "the server cannot read this file");
const TOO_LARGE = refusal(403, `files of more than ${MAX_FILE_BYTES >> 20} MiB are not served`);

function refusal(status: number, reason: string): FolderReply {
	const content = JSON.stringify({ state: "error", reason });
	return { status, fields: { ...SHARED, "content-type": "application/json" }, content };
}
