import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import type { BunPlugin } from "bun";

/** A line of a `mod.ts`, through which a module is entered. */
const REEXPORT = /^export (?:type )?\{([^}]*)\} from "(\.\/[^"]+)";$/gm;
const IMPORT = /^import \{([^}]*)\} from "(\.[^"]*\/mod\.ts)";$/gm;
/** Loads a module for one of its names. */
const LOADED = /\(await import\("(\.[^"]*\/mod\.ts)"\)\)\.(\w+)/g;

/**
 * Lets each file import from the files that have what it uses, past the `mod.ts` of their modules. A file that imports
 * one name through a `mod.ts` loads all that is re-exported there: a server of devices loaded the schemas of projects,
 * the client of external brokers, and the forwarder of `start gui`.
 */
export const directImports: BunPlugin = {
	name: "direct-imports",
	setup(build) {
		build.onLoad({ filter: /\/src\/(?!web\/).*\.ts$/ }, ({ path }) => ({
			contents: withDirectImports(readFileSync(path, "utf8"), path),
			loader: "ts",
		}));
	},
};

/**
 * The text of a source file, formatted as ours are, with direct imports.
 * @param path Of the file, absolute.
 * @throws Error when it imports a name that the other module does not have.
 */
export function withDirectImports(text: string, path: string): string {
	const folder = dirname(path);
	const from = (entry: string, name: string) => {
		const target = placesIn(join(folder, entry)).get(name);
		if (target === undefined) throw new Error(`${path}: ${entry} has no "${name}"`);
		const place = relative(folder, target.file);
		return { name: target.name, place: place.startsWith(".") ? place : `./${place}` };
	};
	return text
		.replaceAll(IMPORT, (_, names: string, entry: string) =>
			specifiers(names)
				.map(([name, own]) => {
					const found = from(entry, name);
					return `import { ${found.name} as ${own} } from "${found.place}";`;
				})
				.join(""),
		)
		.replaceAll(LOADED, (_, entry: string, name: string) => {
			const found = from(entry, name);
			return `(await import("${found.place}")).${found.name}`;
		});
}

/** Where a name that a `mod.ts` re-exports is declared. */
interface Place {
	readonly file: string;
	readonly name: string;
}

const known = new Map<string, ReadonlyMap<string, Place>>();

function placesIn(entry: string): ReadonlyMap<string, Place> {
	const read = known.get(entry);
	if (read !== undefined) return read;
	const places = new Map<string, Place>();
	for (const [, names = "", file = ""] of readFileSync(entry, "utf8").matchAll(REEXPORT)) {
		for (const [name, own] of specifiers(names)) {
			places.set(own, { file: join(dirname(entry), file), name });
		}
	}
	known.set(entry, places);
	return places;
}

/** Names in braces and what they are called behind them; types are left out. */
function specifiers(names: string): [name: string, own: string][] {
	return names
		.split(",")
		.map((one) => one.trim())
		.filter((one) => one !== "" && !one.startsWith("type "))
		.map((one) => {
			const [name = "", own = name] = one.split(" as ");
			return [name, own];
		});
}
