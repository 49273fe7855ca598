import { files } from "../../build/editor/files.ts";
import JOIN_PAGE from "../../build/page/join.txt" with { type: "text" };
import { files as phoneFiles } from "../../build/phone/files.ts";
import { GUI, GUI_DB } from "../ccm/config.ts";
import {
	ccmRoutes,
	functionRoutes,
	homeRoutes,
	JoinPages,
	OwnPages,
	PhonePages,
	pageRoutes,
	phonePageRoute,
	seedIfEmpty,
	webDeviceRoutes,
} from "../ccm/mod.ts";
import { sectionValues } from "../config/mod.ts";
import { loadWorkbench, type Workbench } from "../dataflow/mod.ts";
import { PageFiles, type Route } from "../http/mod.ts";
import { ccmMetrics, ccmView } from "./ccm-figures.ts";
import type { Pages } from "./ccm-pages.ts";
import { httpPlacesOf, placesOf } from "./ccm-places.ts";
import { buildWorks, type Works } from "./ccm-works.ts";
import { dataPathOptions, esmOf } from "./csm-options.ts";
import { deviceEntrance } from "./device-entrance.ts";
import { HttpsOpening } from "./https-opening.ts";
import type { BuiltModule, Core, Part } from "./module.ts";
import { pagesCautions, pagesFolder } from "./own-pages.ts";
import { PROJECT_FACTS, projectFactsOf } from "./project-facts.ts";

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
	const build = (core: Core) => buildCcm(core, workbenchOf(core, workbench));
	return (core) =>
		core.node === undefined ? build(core) : core.node.oneAtATime(core, build, fileRoutes());
}

/** Files that every node of a cluster has, and a folder of pages of its own. */
function fileRoutes(): Route[] {
	const phonePages = new PhonePages(phoneFiles);
	return [
		...pageRoutes(new PageFiles(files)),
		...webDeviceRoutes(phonePages),
		phonePageRoute(phonePages),
		...new OwnPages(() => "").routes,
		...homeRoutes(true),
	];
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
				https: {
					isByIni: opening.isByIni,
					about: (base) => opening.about(base),
					open: (port) => opening.open(port),
					reach,
				},
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
	{ store, control, people, pages, live, liveDevices, invitations, followViewers }: Works,
	workbench: Workbench,
): Part[] {
	let unfollow: (() => void)[] = [];
	return [
		{ name: "workbench", stop: () => workbench.stop() },
		{
			name: "projects",
			start: async () => {
				await seedIfEmpty(store, Date.now());
				await people.tidy();
				unfollow = [people.follow(), followViewers()];
				live.start();
				await invitations.start();
				await control.listen();
			},
			opened: () => {
				invitations.opened();
				return control.begin();
			},
			finish: async () => {
				for (const end of unfollow) end();
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
