// THIRD_PARTY_NOTICES: whose work is inside the executable, and under which licenses. `bun scripts/notices.ts`
// writes it, a test compares it; it goes into the packages and into `iotctl licenses`.

import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { version as pyodideVersion } from "pyodide";
import { ZONES_VERSION } from "../src/dataflow/python/zones.ts";
import { type BundledPackage, bundledPackages, standardText } from "./bundled-packages.ts";
import { readArguments } from "./program-arguments.ts";

const FILE = join(import.meta.dir, "../THIRD_PARTY_NOTICES");
const RULE = "=".repeat(78);

/** What may be inside: licenses that ask for their text and names to be kept, and for changes to their own files. */
export const ALLOWED = [
	"MIT",
	"ISC",
	"0BSD",
	"BSD-2-Clause",
	"BSD-3-Clause",
	"Apache-2.0",
	"MPL-2.0",
];

/** What Bun's runtime links statically, by license (its LICENSE.md). */
const LINKED_BY_BUN = `  LGPL-2.0          JavaScriptCore and parts of WebCore (WebKit)
  LGPL-2.1          tinycc
  MIT               brotli, c-ares, libdeflate, ls-hpack, ls-qpack, lsquic, mimalloc,
                    picohttpparser, uucode
  Apache-2.0        highway, simdutf, uSockets, uWebSockets, parts of TigerBeetle
  BSD               libbase64, libspng, libwebp, lol-html, zstd
  zlib              zlib-ng
  Unicode-3.0       ICU
  their own         BoringSSL, libarchive, libjpeg-turbo`;

/** The notices as what is bundled now asks for. */
export async function notices(): Promise<string> {
	const packages = await bundledPackages();
	return `${[head(packages), bun(), python(), zones(), ...byText(packages).map(section)].join(`\n\n${RULE}\n\n`)}\n`;
}

function head(packages: readonly BundledPackage[]): string {
	const rows = packages.map(
		({ name, version, license }) => `  ${`${name} ${version}`.padEnd(42)}${license}`,
	);
	return `Third-party notices of iotctl

iotctl itself is under the MIT License (file LICENSE). Its executable contains the
work of others, listed here with their licenses: the Bun runtime, CPython and Pyodide,
and ${packages.length} npm packages. Written by scripts/notices.ts; do not edit.

${rows.join("\n")}`;
}

function bun(): string {
	return `Bun ${bunVersion()}

The executable is the Bun runtime with this program inside. Bun is under the MIT
License. Its license, the licenses of all it links, and its source:
https://github.com/oven-sh/bun/blob/bun-v${bunVersion()}/LICENSE.md

It links these libraries statically:

${LINKED_BY_BUN}

JavaScriptCore may be changed and relinked: its source is at
https://github.com/oven-sh/WebKit, and LICENSE.md above says how Bun is built with
it. This program's own source and build script (scripts/build.ts) make the executable
from that Bun.

Copyright (c) Oven and the contributors of Bun

${standardText("MIT")}

${["LGPL-2.0", "LGPL-2.1", "Apache-2.0"].map(standardText).join(`\n\n${"-".repeat(78)}\n\n`)}`;
}

function python(): string {
	return `CPython, as compiled to WebAssembly by Pyodide ${pyodideVersion}

Functions run in CPython. Its interpreter (pyodide.asm.wasm) and its standard library
(compiled to bytecode, otherwise unchanged) are under the PSF License, and contain
among others expat, libffi, zlib, bzip2, HACL*, mpdecimal and the Mersenne Twister,
each with a license listed at
https://docs.python.org/3.14/license.html#licenses-and-acknowledgements-for-incorporated-software

Pyodide is under the Mozilla Public License 2.0. Its files are used as published; their
source is at https://github.com/pyodide/pyodide/tree/${pyodideVersion}

${standardText("PSF-2.0")}`;
}

function zones(): string {
	const folder = dirname(createRequire(import.meta.url).resolve("moment-timezone/package.json"));
	const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
	return `Time zones

The rules of time zones (IANA time zone database ${ZONES_VERSION}) are in the public domain. They are
compiled from the data of moment-timezone ${version}, which is under this license:

${readFileSync(join(folder, "LICENSE"), "utf8").trim()}`;
}

/** Packages with word for word the same text share one section. */
function byText(packages: readonly BundledPackage[]): BundledPackage[][] {
	const groups = Map.groupBy(packages, ({ text }) => text.replace(/\s+/g, " "));
	return [...groups.values()];
}

function section(packages: readonly BundledPackage[]): string {
	const names = packages.map(({ name, version, license }) => `${name} ${version} (${license})`);
	return `${names.join("\n")}\n\n${packages[0]?.text ?? ""}`;
}

function bunVersion(): string {
	const path = createRequire(import.meta.url).resolve("bun/package.json");
	return JSON.parse(readFileSync(path, "utf8")).version;
}

if (import.meta.main) {
	readArguments({ usage: "bun scripts/notices.ts", about: "Writes THIRD_PARTY_NOTICES." }, {});
	writeFileSync(FILE, await notices());
}
