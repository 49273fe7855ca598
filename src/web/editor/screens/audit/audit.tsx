import type { App } from "../../app-context.ts";

export default function AuditScreen(_: { readonly app: App }) {
	return null;
}
