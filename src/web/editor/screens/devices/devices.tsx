import type { App } from "../../app-context.ts";

export default function DevicesScreen(_: {
	readonly app: App;
	readonly macAddr?: string | undefined;
}) {
	return null;
}
