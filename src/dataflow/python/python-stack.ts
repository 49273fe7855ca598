import { InvariantError } from "../../kit/mod.ts";
import { ownStackBytes } from "./stack-limit.ts";

/**
 * WebAssembly keeps its frames on the process's stack and some of their values on a stack of Python's own,
 * which is the only one Python looks at. A frame of the first is up to 250 times as large as its share of
 * the second (measured: letting go a chain of iterators).
 */
const RATIO = 400;
/** With less not even a call of a function works. */
const MIN_BYTES = 64 << 10;
/** Enough for a thousand calls through C; more of the process's stack would be touched for nothing. */
const MAX_BYTES = 512 << 10;
/** What the system gives where it does not say. */
const USUAL_STACK_BYTES = 8 << 20;

/** Tells Python how much stack it has, so that too deep a recursion is its own exception. */
export function protectStack(exports: WebAssembly.Instance["exports"]): void {
	const given = Math.floor((ownStackBytes() ?? USUAL_STACK_BYTES) / RATIO);
	const bytes = Math.min(MAX_BYTES, Math.max(MIN_BYTES, given));
	const base = call(exports, "emscripten_stack_get_base");
	const thread = call(exports, "PyThreadState_Get");
	call(exports, "PyUnstable_ThreadState_SetStackProtection", thread, base - bytes, bytes);
}

function call(exports: WebAssembly.Instance["exports"], name: string, ...values: number[]): number {
	const exported = exports[name];
	if (typeof exported !== "function") throw new InvariantError(`the interpreter has no ${name}`);
	return Number(exported(...values));
}
