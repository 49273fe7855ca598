import type { App } from "../../app-context.ts";

export default function ModelsScreen(_: {
	readonly app: App;
	readonly tab: "models" | "features";
	readonly id?: number | undefined;
}) {
	return null;
}
