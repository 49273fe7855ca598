import type { App } from "../app-context.ts";
import type { FunctionWish } from "./panel-context.ts";

interface FunctionDialogProps {
	readonly app: App;
	readonly wish: FunctionWish;
	readonly onClose: () => void;
}

/** The editor of functions over the page. */
export function FunctionDialog(_: FunctionDialogProps) {
	return null;
}
