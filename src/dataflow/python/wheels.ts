import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { info } from "pyodide/pyodide-lock.json" with { type: "json" };
import { InputError, messageOf } from "../../kit/mod.ts";
import { readZip, type ZipEntry } from "./zip.ts";

/** A wheel the built-in engine can load. */
export interface Wheel {
	/** Name of its file. */
	readonly file: string;
	/** What functions may import of it. */
	readonly modules: readonly string[];
	/** Its files by their path below site-packages. */
	readonly files: ReadonlyMap<string, ZipEntry>;
	/** Compiled modules among them, which have to be loaded before functions run. */
	readonly libraries: readonly string[];
}

/** The wheels of a folder, in the order of their names. */
export interface Packages {
	readonly wheels: readonly Wheel[];
	/** One line for each file that cannot be used. */
	readonly problems: readonly string[];
}

const { abi_version, platform, python, arch } = info;
const PYTHON_TAG = `cp${python.split(".").slice(0, 2).join("")}`;
const PLATFORMS = [`pyemscripten_${abi_version}`, `pyodide_${abi_version}`, platform];
const ACCEPTED = `py3-none-any, or ${PYTHON_TAG} for ${PLATFORMS[0]}_${arch}`;
/** Share of the engine's memory that packages may take unpacked, in files; running them takes more. */
const SHARE = 0.5;

export function packageBytes(maxMemoryBytes: number): number {
	return Math.floor(maxMemoryBytes * SHARE);
}

/** A larger wheel does not fit into an engine. */
const MAX_WHEEL_BYTES = 1 << 28;

/**
 * Looks through the folder that `packages` in `[esm]` names.
 * @param dir Its path; empty for none.
 * @param maxBytes What all wheels together may take unpacked; the rest are problems.
 */
export function readPackages(dir: string, maxBytes: number): Packages {
	if (dir === "") return { wheels: [], problems: [] };
	let names: string[];
	try {
		names = readdirSync(dir).filter((name) => name.endsWith(".whl"));
	} catch (error) {
		return { wheels: [], problems: [`cannot read the folder ${dir}: ${messageOf(error)}`] };
	}
	const wheels: Wheel[] = [];
	const problems: string[] = [];
	let left = maxBytes;
	for (const name of names.sort()) {
		try {
			const wheel = readWheel(join(dir, name), name);
			const bytes = [...wheel.files.values()].reduce((sum, { size }) => sum + size, 0);
			if (bytes > left) {
				throw new InputError(
					`it takes ${bytes} bytes, and engine-memory leaves ${left} for packages`,
				);
			}
			left -= bytes;
			wheels.push(wheel);
		} catch (error) {
			problems.push(`cannot use the wheel ${name}: ${messageOf(error)}`);
		}
	}
	return { wheels, problems };
}

/** @throws InputError when the engine cannot load it. */
function readWheel(path: string, file: string): Wheel {
	refuseForeign(file);
	const found = statSync(path);
	// Opening a pipe would wait for a writer.
	if (!found.isFile()) throw new InputError("it is not a regular file");
	if (found.size > MAX_WHEEL_BYTES) throw new InputError("it is larger than 256 MiB");
	const files = new Map<string, ZipEntry>();
	for (const entry of readZip(readFileSync(path))) {
		const place = placeOf(entry.name);
		if (place !== undefined) files.set(place, entry);
	}
	const places = [...files.keys()];
	if (!places.some((place) => /^[^/]+\.dist-info\/METADATA$/.test(place))) {
		throw new InputError("it has no METADATA file");
	}
	const libraries = places.filter((place) => place.endsWith(".so"));
	return { file, modules: modulesOf(places), files, libraries };
}

/** Name, version, build and tags of a wheel's file name (PEP 427). */
function refuseForeign(file: string): void {
	const parts = file.slice(0, -".whl".length).split("-");
	const [pythons = "", abis = "", platforms = ""] = parts.slice(-3);
	if (parts.length < 5)
		throw new InputError("its name is not that of a wheel (name-version-python-abi-platform.whl)");
	const isPython = pythons.split(".").some((tag) => /^py3\d*$/.test(tag) || tag === PYTHON_TAG);
	const isPure = abis === "none" && platforms === "any";
	const isOwn = platforms
		.split(".")
		.some((tag) => PLATFORMS.some((known) => tag === `${known}_${arch}`));
	const isStable = abis === "abi3" && /^cp3\d+$/.test(pythons);
	if (isPure && isPython) return;
	if (isOwn && (isPython || isStable)) return;
	throw new InputError(
		`it is for ${pythons}-${abis}-${platforms}, and the built-in engine takes ${ACCEPTED}`,
	);
}

/** Where a wheel's file goes; undefined for what is not part of a package, such as scripts. */
function placeOf(name: string): string | undefined {
	if (name.endsWith("/")) return undefined;
	const parts = name.split("/");
	if (name.startsWith("/") || parts.some((part) => part === "" || part === "." || part === "..")) {
		throw new InputError(`${name} in it would be outside of the package`);
	}
	if (!/\.data$/.test(parts[0] ?? "")) return name;
	return parts[1] === "purelib" || parts[1] === "platlib" ? parts.slice(2).join("/") : undefined;
}

function modulesOf(places: string[]): string[] {
	const names = places.flatMap((place) => {
		const [first = "", ...rest] = place.split("/");
		if (rest.length > 0) return place.endsWith(".py") || place.endsWith(".so") ? [first] : [];
		return /\.(py|so)$/.test(first) ? [first.split(".")[0] ?? ""] : [];
	});
	return [...new Set(names)].filter((name) => /^[^\W\d]\w*$/u.test(name)).sort();
}
