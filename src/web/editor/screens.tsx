import type { VNode } from "preact";
import type { App } from "./app-context.ts";
import { LinkButton } from "./kit/button.tsx";
import { lazy } from "./kit/lazy.tsx";
import { EmptyState } from "./kit/states.tsx";
import type { Place } from "./routes.ts";
import { texts } from "./texts/texts.ts";

const WITH_TEXTS = { texts: ["screens"] } as const;
const Project = lazy(() => import("./screens/project/project.tsx"), { texts: ["project"] });
const Projects = lazy(() => import("./screens/projects/projects.tsx"), { texts: ["projects"] });
const AddDevice = lazy(() => import("./screens/add-device/add-device.tsx"), WITH_TEXTS);
const Functions = lazy(() => import("./screens/functions/functions.tsx"), {
	texts: ["screens", "code"],
});
const Devices = lazy(() => import("./screens/devices/devices.tsx"), WITH_TEXTS);
const Models = lazy(() => import("./screens/models/models.tsx"), WITH_TEXTS);
const People = lazy(() => import("./screens/people/people.tsx"), WITH_TEXTS);
const Audit = lazy(() => import("./screens/audit/audit.tsx"), WITH_TEXTS);
const AllProjects = lazy(() => import("./screens/all-projects/all-projects.tsx"), {
	texts: ["screens", "projects"],
});
const Account = lazy(() => import("./screens/account/account.tsx"), WITH_TEXTS);

export const Welcome = lazy(() => import("./screens/login/welcome.tsx"), WITH_TEXTS);
export const LoginDialog = lazy(() => import("./screens/login/login-dialog.tsx"), WITH_TEXTS);
export const SetupScreen = lazy(() => import("./screens/setup/setup.tsx"), WITH_TEXTS);

/** Loads the screen of a place while the server is still asked who is there. */
export function preloadScreen({ screen }: Place): void {
	if (screen === "project") Project.preload();
	if (screen === "projects") Projects.preload();
}

/** What a place shows. */
export function screenOf(app: App, place: Place): VNode {
	switch (place.screen) {
		case "projects":
		// The key was for one use, and there is an administrator.
		case "setup":
			return <Projects app={app} />;
		case "project":
			return <Project key={place.pId} app={app} pId={place.pId} selection={place.selection} />;
		case "add-device":
			return <AddDevice app={app} pId={place.pId} />;
		case "functions":
			return <Functions app={app} fnId={place.fnId} />;
		case "devices":
			return <Devices app={app} macAddr={place.macAddr} />;
		case "models":
			return <Models app={app} tab={place.tab} id={place.id} />;
		case "people":
			return <People app={app} />;
		case "audit":
			return <Audit app={app} />;
		case "all-projects":
			return <AllProjects app={app} />;
		case "account":
			return <Account app={app} />;
		case "unknown":
			return <Unknown />;
	}
}

function Unknown() {
	const { unknown, unknownHint, toProjects } = texts.value.shell;
	return (
		<EmptyState
			isScreen={true}
			icon="help"
			title={unknown}
			hint={unknownHint}
			action={<LinkButton href="#/">{toProjects}</LinkButton>}
		/>
	);
}
