import { InputError } from "../../kit/mod.ts";

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const FILE_HEADER = 0x04034b50;
const END_BYTES = 22;
/** The comment after the directory is at most so long. */
const MAX_COMMENT = 0xffff;
const STORED = 0;
const DEFLATED = 8;

/** A file in a ZIP archive. */
export interface ZipEntry {
	readonly name: string;
	/** Bytes once unpacked, as the archive says. */
	readonly size: number;
	/** @throws InputError when the archive is damaged, or the file is larger than it says. */
	read(): Buffer;
}

/**
 * The files of a ZIP archive.
 * @throws InputError when it is not one.
 */
export function readZip(archive: Buffer): ZipEntry[] {
	try {
		return entriesOf(archive);
	} catch (error) {
		if (error instanceof RangeError) throw new InputError("it is cut off");
		throw error;
	}
}

function entriesOf(archive: Buffer): ZipEntry[] {
	let end = archive.length - END_BYTES;
	const last = Math.max(0, end - MAX_COMMENT);
	while (end >= last && archive.readUInt32LE(end) !== END_OF_DIRECTORY) end -= 1;
	if (end < last) throw new InputError("it is not a ZIP archive");
	const count = archive.readUInt16LE(end + 10);
	let at = archive.readUInt32LE(end + 16);
	const entries: ZipEntry[] = [];
	for (let n = 0; n < count; n++) {
		if (archive.readUInt32LE(at) !== DIRECTORY_ENTRY)
			throw new InputError("its directory is damaged");
		const nameBytes = archive.readUInt16LE(at + 28);
		const name = archive.toString("utf8", at + 46, at + 46 + nameBytes);
		const entry = {
			method: archive.readUInt16LE(at + 10),
			packed: archive.readUInt32LE(at + 20),
			size: archive.readUInt32LE(at + 24),
			start: archive.readUInt32LE(at + 42),
		};
		entries.push({ name, size: entry.size, read: () => contentsOf(archive, name, entry) });
		at += 46 + nameBytes + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
	}
	return entries;
}

interface Place {
	readonly method: number;
	readonly packed: number;
	readonly size: number;
	readonly start: number;
}

function contentsOf(archive: Buffer, name: string, { method, packed, size, start }: Place): Buffer {
	try {
		if (archive.readUInt32LE(start) === FILE_HEADER) {
			const from = start + 30 + archive.readUInt16LE(start + 26) + archive.readUInt16LE(start + 28);
			const data = archive.subarray(from, from + packed);
			if (method === STORED && data.length === size) return data;
			if (method === DEFLATED) {
				// Few servers have packages, and to load it takes 3 MB of memory.
				const { inflateRawSync } = process.getBuiltinModule("node:zlib");
				const file = inflateRawSync(data, { maxOutputLength: Math.max(1, size) });
				if (file.length === size) return file;
			}
		}
	} catch {
		// Cut off, or not what its size says.
	}
	throw new InputError(`${name} in it is damaged`);
}
