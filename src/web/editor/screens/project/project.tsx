import type { App } from "../../app-context.ts";
import type { Selection } from "../../routes.ts";

export default function ProjectScreen(_: {
	readonly app: App;
	readonly pId: number;
	readonly selection?: Selection | undefined;
}) {
	return null;
}
