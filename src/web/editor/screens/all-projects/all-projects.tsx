import type { App } from "../../app-context.ts";

export default function AllProjectsScreen(_: { readonly app: App }) {
	return null;
}
