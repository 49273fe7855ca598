import type { App } from "../../app-context.ts";

export default function PeopleScreen(_: { readonly app: App }) {
	return null;
}
