import { GUI } from "../ccm/config.ts";
import {
	AccountRate,
	type AccountRateOptions,
	type AuditEntry,
	type BindingRules,
	Control,
	DatabaseStore,
	DeviceRegister,
	failuresIn,
	OPERATIONS,
	ProjectDriver,
	type ProjectNews,
	Reconciler,
	Service,
} from "../ccm/mod.ts";
import { sectionValues } from "../config/mod.ts";
import { DeviceDirectory, GraphClient } from "../csm-client/mod.ts";
import type { Workbench } from "../dataflow/mod.ts";
import { type Logger, systemClock } from "../kit/mod.ts";
import { buildInvitations } from "./ccm-invitations.ts";
import { buildLive } from "./ccm-live.ts";
import { buildPages } from "./ccm-pages.ts";
import { buildPeople } from "./ccm-people.ts";
import { buildSimulation } from "./ccm-simulation.ts";
import type { Core } from "./module.ts";

/** Name in the topics of CSM's APIs, and of the user CCM publishes as. */
const CLIENT = "ccm";

export type Works = ReturnType<typeof buildWorks>;

/** What runs of the project manager without being seen. */
export function buildWorks(core: Core, workbench: Workbench) {
	const { accounts, broker } = core;
	const clock = systemClock;
	const log = core.log.component("ccm");
	const mqtt = broker.as(CLIENT);
	const store = new DatabaseStore(core.store, log);
	const client = new GraphClient({ client: CLIENT }, { mqtt, clock });
	const directory = new DeviceDirectory({ client: CLIENT }, { mqtt, clock, log });
	const ask = client.request.bind(client);
	const reconciler = new Reconciler({ ask, directory, clock, log });
	const { simulation, isSimulator, simulated } = buildSimulation(core, { store, mqtt, clock, log });
	const driver = new ProjectDriver({ store, reconciler, simulated, clock, log });
	const hearing = {
		onChanged: (pId: number) => onChanged(pId),
		onNews: (news: ProjectNews) => onNews(news),
	};
	const invitations = buildInvitations(core, { store, ...hearing, clock, log });
	directory.onEvent((event) => invitations.told(event));
	const seen = {
		...{ store, directory, reconciler, simulated, client, mqtt, clock, log },
		invitations: invitations.service,
	};
	const { live, liveDevices, registered, followViewers } = buildLive(core, seen);
	const onChanged = (pId: number) => {
		driver.changed(pId);
		live.changed(pId);
		simulation.changed(pId);
		invitations.changed(pId);
		liveDevices.changed();
	};
	const onNews = (news: ProjectNews) => {
		live.take(news);
		invitations.take(news);
		pages?.api.projectChanged(news);
	};
	const register = new DeviceRegister({
		onKept: () => liveDevices.changed(),
		onDevices: (notices) => pages?.api.devicesChanged(notices),
		store,
		personNamed: async (name) => accounts.user(name)?.id,
		...{ onChanged, isSimulator },
		clock,
		log,
	});
	const people = buildPeople(core, store, onChanged);
	const { onPeopleChanged } = people;
	const service = new Service(OPERATIONS, {
		store,
		check: (code) => workbench.check(code),
		rules: rulesOf(core),
		now: () => Date.now(),
		...{ onChanged, onPeopleChanged, simulated, registered },
		failed: (pId) => failuresIn(reconciler.states(pId)),
		...watching(core, log, () => liveDevices.changed()),
		...{ onNews, invitations: invitations.service },
	});
	const hold = live.hold.bind(live);
	const pages = buildPages(core, { service, store, hold, clock });
	const control = new Control({
		...{ register, reconciler, driver, simulation, directory, client, clock, log },
	});
	return {
		...{ store, reconciler, driver, simulation, service, control, people, pages },
		...{ live, liveDevices, invitations, followViewers },
	};
}

/** What people may bind (`ccm-gui.md §7`). */
function rulesOf({ current }: Core): BindingRules {
	const gui = sectionValues(current.values, GUI);
	return {
		ownershipTimeoutS: gui["ownership-timeout"],
		odfSingleBind: gui["odf-single-bind"],
		maxSeats: gui["max-seats"],
	};
}

/** What accounts change goes to the log, and how much they ask for is limited. */
function watching({ current }: Core, log: Logger, onWritten: () => void) {
	const limit: AccountRateOptions = {
		get perSecond() {
			return sectionValues(current.values, GUI)["requests-per-second"];
		},
	};
	return {
		rate: new AccountRate(limit, () => systemClock.now()),
		onAudit: ({ u_name: user, door: channel, operation, p_id, details }: AuditEntry) => {
			const about = p_id === null ? {} : { p_id };
			log.audit("project change", { user, door: channel, operation, ...about, ...details });
			onWritten();
		},
	};
}
