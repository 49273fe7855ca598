/** WebAssembly's memory is made of such. */
const PAGE_BYTES = 1 << 16;
const EMPTY_PAGE = new Uint8Array(PAGE_BYTES);
/** A packed snapshot begins with how long pyodide's header is and how many pages the memory has. */
const HEAD_BYTES = 8;
/** Where pyodide's header has its own length. */
const HEADER_BYTES_AT = 4;

/** A snapshot of the interpreter's memory. */
export interface Snapshot {
	/** What pyodide itself is to read of it. */
	readonly header: Uint8Array;
	/** Puts the interpreter's memory as it was. */
	restore(memory: Uint8Array): void;
}

/**
 * Leaves empty pages out, more than half of them: memory that has never been used is empty, and to write zeros into it
 * takes time and makes it used.
 * @param made By pyodide: its header, and behind it the memory.
 */
export function packSnapshot(made: Uint8Array): Uint8Array {
	const headerBytes = viewOf(made).getUint32(HEADER_BYTES_AT, true);
	const pages = pagesOf(made.subarray(headerBytes));
	const head = new Uint8Array(HEAD_BYTES);
	viewOf(head).setUint32(0, headerBytes, true);
	viewOf(head).setUint32(4, pages.length, true);
	const isKept = pages.map((page) => !isEmpty(page));
	return Buffer.concat([
		head,
		made.subarray(0, headerBytes),
		Uint8Array.from(isKept, Number),
		...pages.filter((_page, n) => isKept[n]),
	]);
}

/** Reads what {@link packSnapshot} wrote. */
export function unpackSnapshot(packed: Uint8Array): Snapshot {
	const head = viewOf(packed);
	const headerEnd = HEAD_BYTES + head.getUint32(0, true);
	const pagesAt = headerEnd + head.getUint32(4, true);
	const isKept = packed.subarray(headerEnd, pagesAt);
	return {
		// A copy: pyodide keeps it, reads it in words, and the rest is to be let go.
		header: new Uint8Array(packed.subarray(HEAD_BYTES, headerEnd)),
		restore: (memory) => {
			let from = pagesAt;
			for (const [n, kept] of isKept.entries()) {
				const at = n * PAGE_BYTES;
				if (kept === 1) {
					memory.set(packed.subarray(from, from + PAGE_BYTES), at);
					from += PAGE_BYTES;
					continue;
				}
				// The interpreter's own start has written there.
				const page = memory.subarray(at, at + PAGE_BYTES);
				if (!isEmpty(page)) page.fill(0);
			}
		},
	};
}

function pagesOf(memory: Uint8Array): Uint8Array[] {
	return Array.from({ length: memory.length / PAGE_BYTES }, (_, n) =>
		memory.subarray(n * PAGE_BYTES, (n + 1) * PAGE_BYTES),
	);
}

function isEmpty(page: Uint8Array): boolean {
	return Buffer.compare(page, EMPTY_PAGE) === 0;
}

function viewOf(bytes: Uint8Array): DataView {
	return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
