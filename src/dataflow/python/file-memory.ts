/** ENOSPC and its class, as the interpreter's file system throws them. */
const NO_SPACE = 51;
/** What a file costs besides its bytes and its name. */
const ENTRY_BYTES = 2048;

type Bytes = Uint8Array | Int8Array;

interface FileNode {
	readonly mode: number;
	/** Bytes of a file, entries of a directory. */
	contents: Bytes | Readonly<Record<string, FileNode>> | undefined;
	readonly usedBytes: number;
}

interface FileStream {
	readonly node: FileNode;
}

/** What is used of the interpreter's file system in memory (Emscripten's FS and MEMFS). */
export interface FileSystem {
	readonly root: FileNode;
	readonly streams: readonly (FileStream | null | undefined)[];
	readonly ErrnoError: new (code: number) => Error;
	readonly filesystems: { readonly MEMFS: MemoryFiles };
}

interface MemoryFiles {
	createNode(parent: unknown, name: string, mode: number, dev: number): FileNode;
	readonly ops_table: {
		readonly file: {
			readonly node: { setattr(node: FileNode, change: { readonly size?: number }): void };
			readonly stream: {
				write(
					stream: FileStream,
					buffer: Uint8Array,
					offset: number,
					length: number,
					position: number,
					canOwn?: boolean,
				): number;
			};
		};
	};
}

/**
 * Counts what functions keep in files. They lie outside the interpreter's own memory, which has a limit
 * by itself: without this one they would take all the machine has.
 */
export class FileMemory {
	readonly #files: FileSystem;
	readonly #room: () => number;
	/** What is there before the first function. */
	readonly #base: number;
	/** At least what is used; what was removed is found out when the room is used up. */
	#counted = 0;

	/**
	 * @param room Bytes that files may take right now.
	 */
	constructor(files: FileSystem, room: () => number) {
		this.#files = files;
		this.#room = room;
		this.#base = this.#measure();
		this.#watch(files.filesystems.MEMFS);
	}

	/** Bytes in files, at most. */
	get bytes(): number {
		return this.#counted;
	}

	/** Bytes in files, after looking. */
	recount(): number {
		this.#counted = Math.max(0, this.#measure() - this.#base);
		return this.#counted;
	}

	#watch(memory: MemoryFiles): void {
		const { stream, node } = memory.ops_table.file;
		const { write } = stream;
		stream.write = (open, buffer, offset, length, position, canOwn) => {
			const more = grown(open.node, position + length);
			this.#take(more);
			if (more > 0) enlarge(open.node, more);
			return write(open, buffer, offset, length, position, canOwn);
		};
		const { setattr } = node;
		node.setattr = (file, change) => {
			if (change.size !== undefined) this.#take(change.size - capacityOf(file));
			setattr(file, change);
		};
		const { createNode } = memory;
		memory.createNode = (parent, name, mode, dev) => {
			this.#take(ENTRY_BYTES + 2 * name.length);
			return createNode(parent, name, mode, dev);
		};
	}

	#take(bytes: number): void {
		if (bytes <= 0) return;
		if (this.#counted + bytes > this.#room() && this.recount() + bytes > this.#room()) {
			throw new this.#files.ErrnoError(NO_SPACE);
		}
		this.#counted += bytes;
	}

	#measure(): number {
		const seen = new Set<FileNode>();
		const size = (node: FileNode): number => {
			if (seen.has(node)) return 0;
			seen.add(node);
			const { contents } = node;
			if (contents === undefined) return ENTRY_BYTES;
			if (isBytes(contents)) return ENTRY_BYTES + contents.byteLength;
			let bytes = ENTRY_BYTES;
			for (const [name, entry] of Object.entries(contents)) bytes += 2 * name.length + size(entry);
			return bytes;
		};
		let bytes = size(this.#files.root);
		// A file that was removed lives as long as it is open.
		for (const stream of this.#files.streams)
			if (stream?.node !== undefined) bytes += size(stream.node);
		return bytes;
	}
}

function capacityOf({ contents }: FileNode): number {
	return isBytes(contents) ? contents.byteLength : 0;
}

/** The file system keeps signed and unsigned bytes, as they come. */
function isBytes(contents: FileNode["contents"]): contents is Bytes {
	return ArrayBuffer.isView(contents);
}

/** Gives a file room at once: what it had before would lie about until the next collection of garbage. */
function enlarge(node: FileNode, bytes: number): void {
	const { contents } = node;
	if (!isBytes(contents) || !(contents.buffer instanceof ArrayBuffer)) return;
	// Not a part of something larger, such as the interpreter's own memory.
	if (contents.byteLength === 0 || contents.byteLength !== contents.buffer.byteLength) return;
	node.contents = new Uint8Array(contents.buffer.transfer(Math.ceil(contents.byteLength + bytes)));
}

/** What the file system takes when a file becomes longer: it takes some in reserve. */
function grown(node: FileNode, length: number): number {
	const capacity = capacityOf(node);
	if (length <= capacity) return 0;
	if (node.usedBytes === 0) return length;
	return Math.max(length, capacity * (capacity < 1 << 20 ? 2 : 1.125)) - capacity;
}
