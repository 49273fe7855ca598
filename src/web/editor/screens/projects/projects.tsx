import type { App } from "../../app-context.ts";

export default function ProjectsScreen(_: { readonly app: App }) {
	return null;
}
