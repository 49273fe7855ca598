import type { syntaxTree } from "@codemirror/language";
import type { Finding } from "./functions-server.ts";

type Tree = ReturnType<typeof syntaxTree>;

const MOST = 20;

/**
 * What the editor's own parser does not understand: all there is while the server's workbench is off. It knows Python's
 * grammar, but neither names nor values.
 */
export function browserFindings(tree: Tree, code: string): Finding[] {
	const found: Finding[] = [];
	const lines = new Set<number>();
	tree.iterate({
		enter: ({ type, from }) => {
			if (!type.isError || found.length >= MOST) return;
			const before = code.slice(0, from);
			const line = before.split("\n").length;
			// One mistake makes several of these.
			if (lines.has(line)) return;
			lines.add(line);
			const column = from - (before.lastIndexOf("\n") + 1) + 1;
			found.push({ line, column, severity: "error", text_id: "syntax_here", args: {} });
		},
	});
	if (!/^(?:async\s+)?def\s+run\b|^run\s*=|^from\b.*\brun\b/m.test(code)) {
		found.push({ line: 1, column: 1, severity: "error", text_id: "no_run", args: {} });
	}
	return found;
}
