import type { FunctionUse } from "../../contract/mod.ts";
import { digestOfSource } from "../../kit/mod.ts";

/** A function as its author wrote it, in the version in force. */
export interface UserFunction {
	readonly fn_id: number;
	readonly fn_name: string;
	readonly code: string;
}

/** A function as CSM takes it, and the sources behind its digests. */
export interface BuiltFunction {
	readonly use: FunctionUse;
	/** Digest → source, of the function itself and its helpers. */
	readonly sources: ReadonlyMap<string, string>;
}

/** No function: CSM passes values on, without an engine. */
export const PASS_THROUGH: BuiltFunction = {
	use: { digest: null, depends: {} },
	sources: new Map(),
};

/** Collects the helpers of one generated function, each under a name that Python can write. */
export class Helpers {
	readonly #depends: Record<string, string> = {};
	readonly #sources = new Map<string, string>();

	/**
	 * The expression that reaches a function. The alias is `_` and the function's name (`ccm-gui.md §6.1`); other
	 * characters than those of ASCII identifiers become `_`, and two functions of one name are numbered.
	 */
	reach({ fn_name, code }: UserFunction): string {
		const digest = digestOfSource(code);
		this.#sources.set(digest, code);
		const plain = fn_name.replace(/[^A-Za-z0-9_]/g, "_");
		// `_` + `_class__` would be a name that Python keeps for itself.
		const first = `_${plain.startsWith("_") ? "f" : ""}${plain}`;
		for (let number = 1; ; number++) {
			const alias = number === 1 ? first : `${first}_${number}`;
			const known = this.#depends[alias];
			if (known !== undefined && known !== digest) continue;
			this.#depends[alias] = digest;
			return `iot.${alias}`;
		}
	}

	/** The whole with its main function. */
	build(main: string): BuiltFunction {
		const digest = digestOfSource(main);
		return {
			use: { digest, depends: { ...this.#depends } },
			sources: new Map([...this.#sources, [digest, main]]),
		};
	}
}
