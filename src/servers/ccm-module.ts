import { files } from "../../build/editor/files.ts";
import JOIN_PAGE from "../../build/page/join.txt" with { type: "text" };
import { files as phoneFiles } from "../../build/phone/files.ts";
import { GUI, GUI_DB } from "../ccm/config.ts";
import {
	AccountRate,
	type AccountRateOptions,
	type AuditEntry,
	type BindingRules,
	Control,
	ccmRoutes,
	DatabaseStore,
	DeviceRegister,
	failuresIn,
	functionRoutes,
	JoinPages,
	OPERATIONS,
	OwnPages,
	PhonePages,
	ProjectDriver,
	type ProjectNews,
	Reconciler,
	Service,
	seedIfEmpty,
} from "../ccm/mod.ts";
import { sectionValues } from "../config/mod.ts";
import { DeviceDirectory, GraphClient } from "../csm-client/mod.ts";
import { loadWorkbench, type Workbench } from "../dataflow/mod.ts";
import { PageFiles } from "../http/mod.ts";
import { type Logger, systemClock } from "../kit/mod.ts";
import { ccmMetrics, ccmView } from "./ccm-figures.ts";
import { buildInvitations } from "./ccm-invitations.ts";
import { buildLive } from "./ccm-live.ts";
import { buildPages, type Pages } from "./ccm-pages.ts";
import { buildPeople } from "./ccm-people.ts";
import { httpPlacesOf, placesOf } from "./ccm-places.ts";
import { buildSimulation } from "./ccm-simulation.ts";
import { dataPathOptions, esmOf } from "./csm-options.ts";
import { deviceEntrance } from "./device-entrance.ts";
import { HttpsOpening } from "./https-opening.ts";
import type { BuiltModule, Core, Part } from "./module.ts";
import { pagesCautions, pagesFolder } from "./own-pages.ts";
import { PROJECT_FACTS, projectFactsOf } from "./project-facts.ts";

/** Name in the topics of CSM's APIs, and of the user CCM publishes as. */
const CLIENT = "ccm";

type Works = ReturnType<typeof buildWorks>;

function buildWorks(core: Core, workbench: Workbench) {
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
	const seen = {
		...{ store, directory, reconciler, simulated, client, mqtt, clock, log },
		invitations: invitations.service,
	};
	const { live, liveDevices, registered } = buildLive(core, seen);
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
		...{ live, liveDevices, invitations },
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

function workbenchOf({ current, modules, log }: Core, bench: typeof Workbench): Workbench {
	const { engine, packagesDir, maxMemoryBytes, recursionLimit } = dataPathOptions(current.values);
	const limitAtStart = esmOf(current.values)["max-source"];
	const options = {
		...{ engine, packagesDir, maxMemoryBytes, recursionLimit },
		setting: sectionValues(current.values, GUI).workbench,
		get maxSourceBytes() {
			// A reload concerns the sections of the modules that run.
			return modules.includes("csm") ? esmOf(current.values)["max-source"] : limitAtStart;
		},
	};
	return new bench(options, log.component("workbench"));
}

/** The project manager, beside a CSM in the same process or as a client of another one: `iotctl start ccm`. */
export async function loadCcm(): Promise<(core: Core) => BuiltModule> {
	const workbench = await loadWorkbench();
	return (core) => buildCcm(core, workbenchOf(core, workbench));
}

function buildCcm(core: Core, workbench: Workbench): BuiltModule {
	const works = buildWorks(core, workbench);
	noteUnused(core);
	const { control, driver, reconciler, service, simulation, store, people } = works;
	const { live, liveDevices, invitations } = works;
	const { registration, setup, reach } = people;
	const opening = new HttpsOpening(core);
	const figures = {
		counts: () => driver.counts,
		backlog: () => reconciler.backlog,
		simulated: () => simulation.online,
		streams: () => live.count,
		trials: () => workbench.stats.waiting,
	};
	return {
		parts: partsOf(works, workbench),
		routes: [
			...functionRoutes(workbench),
			...ccmRoutes({
				service,
				store,
				...{ live, liveDevices, invitations, registration, setup, bench: workbench },
				joinPages: new JoinPages(JOIN_PAGE),
				securePort: () => core.ports().https,
				modules: core.modules,
				places: placesOf(core),
				entrance: deviceEntrance(core, () => Date.now() / 1000),
				ownPages: new OwnPages(() => pagesFolder(core.current.values)),
				https: { about: (base) => opening.about(base), open: (port) => opening.open(port), reach },
				drawPage: works.pages?.drawPage,
				page: new PageFiles(files),
				phonePages: new PhonePages(phoneFiles),
				isHome: core.home === "ccm",
			}),
		],
		http: httpPlacesOf(core),
		cautions: () => pagesCautions(core.current.values),
		offers: [PROJECT_FACTS.of(projectFactsOf(store))],
		problems: () => (control.problem === undefined ? [] : [control.problem]),
		metrics: () => ccmMetrics(figures),
		view: () => ccmView(figures),
	};
}

/** Beside CSM one database has everything; an ini that names another one was written for CCM alone. */
function noteUnused({ modules, current: { values }, log, store }: Core): void {
	const { url } = sectionValues(values, GUI_DB);
	if (!modules.includes("csm") || url === GUI_DB.schema.properties.url.default) return;
	log.component("ccm").info("url in [gui-db] is not used: projects are in the server's database", {
		database: store.path,
	});
}

function partsOf(
	{ store, control, people, pages, live, liveDevices, invitations }: Works,
	workbench: Workbench,
): Part[] {
	return [
		{ name: "workbench", stop: () => workbench.stop() },
		{
			name: "projects",
			start: async () => {
				await seedIfEmpty(store, Date.now());
				await people.tidy();
				live.start();
				await invitations.start();
				await control.listen();
			},
			opened: () => {
				invitations.opened();
				return control.begin();
			},
			finish: async () => {
				liveDevices.stop();
				await live.stop();
				await invitations.stop();
				await control.stop();
			},
		},
		...(pages === undefined ? [] : [pageApi(pages)]),
	];
}

function pageApi({ api }: Pages): Part {
	return { name: "page API", start: () => api.start(), finish: () => api.stop() };
}
