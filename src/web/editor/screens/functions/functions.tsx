import type { App } from "../../app-context.ts";

export default function FunctionsScreen(_: {
	readonly app: App;
	readonly fnId?: number | undefined;
}) {
	return null;
}
