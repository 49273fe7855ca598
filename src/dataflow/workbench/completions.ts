import { readFileSync } from "node:fs";
import { type Static, Type } from "@sinclair/typebox";
import path from "../../../build/python/completions.txt" with { type: "file" };

const Names = Type.Array(
	Type.Object({
		name: Type.String(),
		kind: Type.Union([Type.Literal("class"), Type.Literal("function"), Type.Literal("value")]),
		/** As Python writes it, `(x, /, *, key=None)`; absent where Python does not know it. */
		signature: Type.Optional(Type.String()),
	}),
);

/** What an editor of functions can offer; made when the program is built. */
export const Completions = Type.Object({
	/** Names that need no import. */
	builtins: Names,
	/** Those of the modules that functions commonly import. */
	modules: Type.Record(Type.String(), Names),
});
export type Completions = Static<typeof Completions>;

/** Names and signatures for an editor; read each time, so that a server whose editor is not open has none in memory. */
export function completions(): Completions {
	return JSON.parse(readFileSync(path, "utf8"));
}
