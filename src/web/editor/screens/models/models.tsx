import type { App } from "../../app-context.ts";
import type { ModelsTab } from "../../routes.ts";

interface ModelsProps {
	readonly app: App;
	readonly tab: ModelsTab;
	readonly id?: number | undefined;
}

export default function Models(_props: ModelsProps) {
	return null;
}
