// CCM with all its parts but HTTP and a database, at a real CSM: from its start to its end, however that comes.
import { DeviceRegister } from "../../../src/ccm/devices/device-register.ts";
import { ProjectDriver } from "../../../src/ccm/reconciler/project-driver.ts";
import { systemClock } from "../../../src/kit/clock.ts";
import { quietLog } from "../../support/log.ts";
import { LiveRig } from "./live-rig.ts";
import { type Office, PEOPLE } from "./office.ts";

export interface CcmLife {
	readonly rig: LiveRig;
	readonly driver: ProjectDriver;
	readonly register: DeviceRegister;
	/** Waits until CSM has all that it takes. */
	settle(): Promise<void>;
	/** Nothing more leaves it or reaches it, whatever is in progress; its store stays. */
	kill(): Promise<void>;
}

/**
 * Starts CCM over an office's store.
 * @param url Of the broker.
 * @param timeoutMs Time an answer may take.
 */
export async function startCcm(
	url: string,
	office: Office,
	client = "ccm",
	timeoutMs?: number,
): Promise<CcmLife> {
	const { store } = office;
	const parts: { driver?: ProjectDriver; register?: DeviceRegister } = {};
	const rig = await LiveRig.start(
		url,
		client,
		async (reconciler, directory) => {
			const own = { store, clock: systemClock, log: quietLog };
			const driver = new ProjectDriver({ ...own, reconciler });
			const register = new DeviceRegister({
				...own,
				personNamed: async (name) => PEOPLE.find(({ u_name }) => u_name === name)?.u_id,
				onChanged: (pId) => driver.changed(pId),
			});
			Object.assign(parts, { driver, register });
			directory.onEvent((event) => register.take(event));
			office.onChanged = (pId) => driver.changed(pId);
			await driver.start();
		},
		timeoutMs,
	);
	const { driver, register } = parts;
	if (driver === undefined || register === undefined) throw new Error("CCM has not started");
	return {
		rig,
		driver,
		register,
		settle: async () => {
			await register.idle();
			await driver.idle();
			await rig.settle();
		},
		kill: async () => {
			office.onChanged = () => {};
			await Promise.all([rig.end(), driver.stop(), register.stop()]);
		},
	};
}
