import type { PyodideAPI } from "pyodide";
import { InvariantError, messageOf } from "../../kit/mod.ts";
import type { Wheel } from "./wheels.ts";

const SITE_PACKAGES = "/lib/python3.14/site-packages";

interface DynamicLoader {
	loadDynamicLibrary(
		path: string,
		options: { readonly loadAsync: true; readonly nodelete: true; readonly global: false },
	): Promise<unknown>;
	readonly LDSO: { readonly loadedLibsByName: Readonly<Record<string, unknown>> };
}

/** Which compiled modules are loaded; asked when a function imports one. */
export type IsLoaded = (path: string) => boolean;

/**
 * Unpacks wheels into the interpreter's file system and loads their compiled modules, which is possible
 * only until functions run.
 * @returns one line for each wheel that failed.
 */
export async function installPackages(
	python: PyodideAPI,
	wheels: readonly Wheel[],
): Promise<{ problems: string[]; isLoaded: IsLoaded }> {
	const problems: string[] = [];
	const loader = loaderOf(python);
	for (const wheel of wheels) {
		try {
			for (const [place, entry] of wheel.files) {
				const path = `${SITE_PACKAGES}/${place}`;
				python.FS.mkdirTree(path.slice(0, path.lastIndexOf("/")));
				python.FS.writeFile(path, entry.read());
			}
			for (const library of wheel.libraries) {
				const options = { loadAsync: true, nodelete: true, global: false } as const;
				await loader.loadDynamicLibrary(`${SITE_PACKAGES}/${library}`, options);
			}
		} catch (error) {
			problems.push(`cannot load the wheel ${wheel.file}: ${messageOf(error).split("\n")[0]}`);
		}
	}
	python.runPython("import importlib; importlib.invalidate_caches()");
	return { problems, isLoaded: (path) => Object.hasOwn(loader.LDSO.loadedLibsByName, path) };
}

function loaderOf(python: PyodideAPI): DynamicLoader {
	const loader: unknown = Reflect.get(python, "_module");
	if (!isLoader(loader)) throw new InvariantError("the interpreter has no dynamic loader");
	return loader;
}

function isLoader(value: unknown): value is DynamicLoader {
	return (
		typeof value === "object" && value !== null && "loadDynamicLibrary" in value && "LDSO" in value
	);
}
