import type { App } from "../../app-context.ts";

export default function AddDeviceScreen(_: {
	readonly app: App;
	readonly pId?: number | undefined;
}) {
	return null;
}
