import { Type } from "@sinclair/typebox";
import { IdSchema } from "../../contract/mod.ts";
import { notFound } from "../projects/refusal.ts";
import { operation } from "./operation.ts";

const claimDevice = operation({
	name: "claim_device",
	who: "teacher",
	reads: false,
	input: Type.Object({ d_id: IdSchema }),
	run: async ({ tables, person }, { d_id }) => {
		const device = await tables.devices.get(d_id);
		const isTheirs = device?.u_id === person.u_id;
		// Another's device looks like one that does not exist.
		if (device === undefined || (device.u_id !== null && !isTheirs)) {
			return notFound(`Device id ${d_id}`);
		}
		if (!isTheirs) await tables.devices.put({ ...device, u_id: person.u_id });
		return { d_id, d_name: device.d_name };
	},
});

export const claimOperations = [claimDevice] as const;
