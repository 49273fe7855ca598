import { Refusal } from "../projects/refusal.ts";
import type { Person } from "./operation.ts";
import type { Service } from "./service.ts";

/** What pages may ask for (`ccm-gui.md §5`); accounts and administration are HTTP's. */
const OPERATIONS: ReadonlySet<string> = new Set([
	...["create_project", "update_project", "rename_project", "delete_project", "get_project_list"],
	...["get_project_status", "get_project_info", "search_project"],
	...["create_device_object", "update_device_object", "delete_device_object"],
	...["get_device_object_info", "create_device_feature_object", "update_device_feature_object"],
	...["delete_device_feature_object", "get_device_feature_object_info"],
	...["get_alias_name", "set_alias_name", "get_device_list", "bind_device", "unbind_device"],
	...["create_na", "update_na", "delete_na", "get_na_list", "get_na_info", "get_na_monitor"],
	...["create_link", "delete_link", "create_function", "update_function", "delete_function"],
	...["get_function_list", "get_device_feature_function_list", "get_na_function_list"],
	...["get_function_version_list", "get_function_info", "get_dfo_function_info"],
	...["create_functionSDF", "delete_functionSDF"],
	...["create_device_feature", "update_device_feature", "delete_device_feature"],
	...["get_device_feature_list", "get_device_feature_info", "search_device_feature"],
	...["create_device_model", "update_device_model", "delete_device_model"],
	...["get_device_model_list", "get_device_model_info", "search_device_model"],
	...["create_device_feature_parameter", "update_device_feature_parameter"],
	...["delete_device_feature_parameter", "get_device_feature_parameter"],
	...["get_device_feature_category_list", "create_device_feature_category"],
	...["get_unit_list", "create_unit", "get_tag_list", "create_tag", "get_type_list"],
	...["save_dm_df_tag", "get_dm_df_tag", "delete_dm_df_tag"],
	...["turn_on_simulation", "turn_off_simulation", "get_simulation_status", "update_simulation"],
]);

export type GuiMessage = Readonly<Record<string, unknown>>;

/** The GUI API over the operations' table (`ccm-gui.md §5`), whatever brings its messages. */
export class GuiAdapter {
	readonly #service: Service;

	constructor(service: Service) {
		this.#service = service;
	}

	/** Names of what it answers. */
	static get operations(): Iterable<string> {
		return OPERATIONS;
	}

	/**
	 * Answers a request; refusals are answers, with all that was sent.
	 * @param person Whose session the request quotes; null: it is unknown.
	 */
	async answer(request: GuiMessage, person: Person | null): Promise<GuiMessage> {
		const { op, data } = request;
		if (op === "attach" || op === "detach") return { ...request, state: "ok" };
		if (person === null) return { op: "anno", state: "Authentication failed" };
		try {
			const name = typeof op === "string" && OPERATIONS.has(op) ? op : undefined;
			if (name === undefined) throw new Refusal(404, `operation \`${String(op)}\` not found`);
			const result = await this.#service.call(name, person, fieldsOf(data), "page");
			return { ...request, state: "ok", data: result };
		} catch (error) {
			if (!(error instanceof Refusal)) throw error;
			return { ...request, state: "error", msg: error.message };
		}
	}
}

/** `ctx` in data is discarded. @throws Refusal 400 */
function fieldsOf(data: unknown): GuiMessage {
	if (data === undefined || data === null) return {};
	if (typeof data !== "object" || Array.isArray(data)) {
		throw new Refusal(400, "field `data` should be type `dict`", "data");
	}
	const fields: Record<string, unknown> = { ...data };
	delete fields.ctx;
	return fields;
}
