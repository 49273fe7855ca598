// Makes wheels, which are ZIP archives of a package's files.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { crc32, deflateRawSync } from "node:zlib";

/** Files of a ZIP archive by name; every second one packed. */
export function zipOf(files: Readonly<Record<string, string | Uint8Array>>): Buffer {
	const parts: Buffer[] = [];
	const directory: Buffer[] = [];
	let at = 0;
	for (const [index, [name, content]] of Object.entries(files).entries()) {
		const data = Buffer.from(content);
		const method = index % 2 === 0 ? 8 : 0;
		const packed = method === 8 ? deflateRawSync(data) : data;
		const common = Buffer.alloc(26);
		common.writeUInt16LE(20, 0);
		common.writeUInt16LE(method, 4);
		common.writeUInt32LE(crc32(data), 10);
		common.writeUInt32LE(packed.length, 14);
		common.writeUInt32LE(data.length, 18);
		common.writeUInt16LE(Buffer.byteLength(name), 22);
		const local = Buffer.concat([Buffer.from("PK\x03\x04"), common, Buffer.from(name), packed]);
		const tail = Buffer.alloc(14);
		tail.writeUInt32LE(at, 10);
		directory.push(
			Buffer.concat([Buffer.from("PK\x01\x02\x14\x00"), common, tail, Buffer.from(name)]),
		);
		parts.push(local);
		at += local.length;
	}
	const list = Buffer.concat(directory);
	const end = Buffer.alloc(18);
	end.writeUInt16LE(parts.length, 4);
	end.writeUInt16LE(parts.length, 6);
	end.writeUInt32LE(list.length, 8);
	end.writeUInt32LE(at, 12);
	return Buffer.concat([...parts, list, Buffer.from("PK\x05\x06"), end]);
}

/** Writes a wheel of these files; its name says what it is for. */
export function writeWheel(
	dir: string,
	file: string,
	files: Readonly<Record<string, string | Uint8Array>>,
): void {
	const [name = "", version = ""] = file.split("-");
	const metadata = `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`;
	const all = { [`${name}-${version}.dist-info/METADATA`]: metadata, ...files };
	writeFileSync(join(dir, file), zipOf(all));
}
