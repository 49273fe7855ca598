// Runs the unittest files of this folder in the Python inside this program: bun in-pyodide.ts
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadPyodide } from "pyodide";

const root = join(import.meta.dir, "../../../..");
const python = await loadPyodide({ env: {} });
for (const folder of ["src/dataflow/python", "test/dataflow/python/engine"]) {
	python.FS.mkdirTree(`/repo/${folder}`);
	for (const name of readdirSync(join(root, folder)).filter((file) => file.endsWith(".py"))) {
		python.FS.writeFile(`/repo/${folder}/${name}`, readFileSync(join(root, folder, name)));
	}
}
const passed: unknown = python.runPython(`
import os, sys, unittest
os.chdir('/repo/test/dataflow/python/engine')
sys.path.insert(0, os.getcwd())
program = unittest.main(module=None, argv=['unittest'], exit=False)
program.result.wasSuccessful()
`);
process.exit(passed === true ? 0 : 1);
