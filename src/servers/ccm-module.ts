import {
	Control,
	DeviceRegister,
	loadSeed,
	MemoryStore,
	OPERATIONS,
	ProjectDriver,
	Reconciler,
	Service,
	seedData,
} from "../ccm/mod.ts";
import { DeviceDirectory, GraphClient } from "../csm-client/mod.ts";
import { systemClock } from "../kit/mod.ts";
import { ccmMetrics, ccmView } from "./ccm-figures.ts";
import type { BuiltModule, Core, Part } from "./module.ts";

/** Name in the topics of CSM's APIs, and of the user CCM publishes as. */
const CLIENT = "ccm";

type Works = ReturnType<typeof buildWorks>;

function buildWorks({ log: logs, broker }: Core) {
	const clock = systemClock;
	const log = logs.component(CLIENT);
	const mqtt = broker.as(CLIENT);
	const store = new MemoryStore();
	const client = new GraphClient({ client: CLIENT }, { mqtt, clock });
	const directory = new DeviceDirectory({ client: CLIENT }, { mqtt, clock, log });
	const reconciler = new Reconciler({
		ask: (graph, request) => client.request(graph, request),
		directory,
		clock,
		log,
	});
	const driver = new ProjectDriver({ store, reconciler, clock, log });
	const onChanged = (pId: number) => driver.changed(pId);
	const register = new DeviceRegister({
		store,
		personNamed: async () => undefined,
		onChanged,
		clock,
		log,
	});
	const service = new Service(OPERATIONS, {
		store,
		check: async () => undefined,
		now: () => Date.now(),
		onChanged,
	});
	const control = new Control({ register, reconciler, driver, directory, client, clock, log });
	return { store, reconciler, driver, service, control };
}

/** The project manager, beside a CSM in the same process or as a client of another one: `iotctl start ccm`. */
export function buildCcm(core: Core): BuiltModule {
	const works = buildWorks(core);
	const { control, driver, reconciler } = works;
	const figures = { counts: () => driver.counts, backlog: () => reconciler.backlog };
	return {
		parts: partsOf(works),
		routes: [],
		problems: () => (control.problem === undefined ? [] : [control.problem]),
		metrics: () => ccmMetrics(figures),
		view: () => ccmView(figures),
	};
}

function partsOf({ store, control }: Works): Part[] {
	return [
		{
			name: "projects",
			start: async () => {
				const now = new Date().toISOString();
				await store.write((tables) => loadSeed(tables, seedData(), now));
				await control.listen();
			},
			opened: () => control.begin(),
			finish: () => control.stop(),
		},
	];
}
