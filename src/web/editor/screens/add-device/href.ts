import { hashOf } from "../../routes.ts";

/** The fragment of a state of this screen. */
export function hrefOf(pId: number | undefined, query: Readonly<Record<string, string>>): string {
	return hashOf({ screen: "add-device", ...(pId !== undefined && { pId }), query });
}
