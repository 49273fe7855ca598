import batch from "./batch.py" with { type: "text" };
import embeddedMain from "./embedded_main.py" with { type: "text" };
import functions from "./functions.py" with { type: "text" };
import graph from "./graph.py" with { type: "text" };
import idf from "./idf.py" with { type: "text" };
import limits from "./limits.py" with { type: "text" };
import odf from "./odf.py" with { type: "text" };
import python3Main from "./python3_main.py" with { type: "text" };
import records from "./records.py" with { type: "text" };
import tools from "./tools.py" with { type: "text" };
import values from "./values.py" with { type: "text" };

/** Each part uses names of those before it. */
const PARTS = [limits, values, functions, records, idf, odf, graph, batch, tools];

/** What the program is called in tracebacks. */
export const FILE_NAME = "<iotctl engine>";

/** The engine's Python as one program, for the Python inside this program. */
export const EMBEDDED_SOURCE = [...PARTS, embeddedMain].join("\n\n");

/** The same for the machine's python3, which gets the limits as its argument. */
export const PYTHON3_SOURCE = [...PARTS, python3Main].join("\n\n");

/** What stands in front of the bytecode of a source: which one it was made of. */
export function stampOf(source: string): Buffer {
	const stamp = Buffer.alloc(8);
	stamp.writeBigUInt64LE(BigInt(Bun.hash(source)));
	return stamp;
}
