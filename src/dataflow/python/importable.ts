import modules from "../../../build/python/modules.txt" with { type: "text" };
import { messageOf } from "../../kit/mod.ts";
import type { EngineLimits } from "./protocol.ts";
import { findPython3 } from "./python3.ts";
import { packageBytes, readPackages } from "./wheels.ts";

/** What functions may import. */
export interface Importable {
	/** Modules that come with Python. */
	readonly standard: readonly string[];
	/** Modules of other packages. */
	readonly packages: readonly string[];
	/** One line for each package that cannot be used. */
	readonly problems: readonly string[];
}

const TIMEOUT_MS = 20_000;

/** Lists both kinds as JSON; what a name begins with _ is not for functions. */
const LIST = `
import importlib.metadata, json, sys
import importlib.util
names = lambda all: sorted(name for name in all if name.isidentifier() and not name.startswith('_') and found(name))
def found(name):
    try: return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError): return name in sys.builtin_module_names or name in sys.modules
print(json.dumps([names(sys.stdlib_module_names), names(importlib.metadata.packages_distributions())]))
`;

/**
 * Lists what functions may import with an engine.
 * @throws ConfigError when the machine has no python3, and the engine is that.
 */
export function importable(
	engine: "embedded" | "python3",
	{ packagesDir, maxMemoryBytes }: Pick<EngineLimits, "packagesDir" | "maxMemoryBytes">,
): Importable {
	if (engine === "python3") return ofPython3(findPython3());
	const { wheels, problems } = readPackages(packagesDir, packageBytes(maxMemoryBytes));
	const packages = wheels.flatMap((wheel) => wheel.modules);
	return { standard: modules.trim().split("\n"), packages: packages.sort(), problems };
}

function ofPython3(python: string): Importable {
	const { exitCode, stdout } = Bun.spawnSync([python, "-I", "-c", LIST], {
		env: {},
		timeout: TIMEOUT_MS,
	});
	try {
		const [standard, packages]: [string[], string[]] = JSON.parse(stdout.toString());
		return { standard, packages, problems: [] };
	} catch (error) {
		const problem = `${python} does not list its packages (exit code ${exitCode}): ${messageOf(error)}`;
		return { standard: [], packages: [], problems: [problem] };
	}
}
