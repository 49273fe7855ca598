import type { ComponentChildren } from "preact";
import type { App, Role } from "./app-context.ts";
import { chooseTheme, theme } from "./appearance.ts";
import { Menu, type MenuItem } from "./kit/menu.tsx";
import { hashOf, type Place } from "./routes.ts";
import { chooseLanguage, type Language, language, texts } from "./texts/texts.ts";

export interface TopBarProps {
	readonly app: App;
	/**
	 * What the screen has in the bar, instead of the links to the other pages; those are then in the menu at all
	 * widths, as they are on narrow screens.
	 */
	readonly children?: ComponentChildren;
}

interface Page {
	readonly place: Place;
	readonly text: string;
	/** Who has something to do there; all, unless said. */
	readonly roles?: readonly Role[];
}

function pages(): readonly Page[] {
	const { shell } = texts.value;
	return [
		{ place: { screen: "projects" }, text: shell.projects },
		{ place: { screen: "functions" }, text: shell.functions },
		{ place: { screen: "devices" }, text: shell.devices },
		{ place: { screen: "models", tab: "models" }, text: shell.models },
		{ place: { screen: "people" }, text: shell.people, roles: ["admin", "teacher"] },
		{ place: { screen: "all-projects" }, text: shell.allProjects, roles: ["admin"] },
		{ place: { screen: "audit" }, text: shell.audit, roles: ["admin"] },
	];
}

/** The bar at the top of every screen: where one can go, and what concerns the reader. */
export function TopBar({ app, children }: TopBarProps) {
	const { shell } = texts.value;
	const { role } = app.session.person.value;
	const { screen } = app.navigation.place.value;
	const mine = pages().filter(({ roles }) => roles?.includes(role) ?? true);
	const links = mine.map(({ place, text }) => ({
		href: hashOf(place),
		text,
		current: place.screen === screen,
	}));
	const isOwn = children !== undefined;
	return (
		<header class={isOwn ? "shell-bar shell-bar-own" : "shell-bar"}>
			<span class="shell-nav-menu">
				<Menu label={shell.menu} icon="menu" items={[...links, ...adminLinks(role)]} />
			</span>
			<a class="shell-brand" href="#/">
				IoTtalk
			</a>
			{isOwn ? (
				children
			) : (
				<nav aria-label={shell.pages}>
					{links.map(({ href, text, current }) => (
						<a key={href} href={href} aria-current={current ? "page" : undefined}>
							{text}
						</a>
					))}
				</nav>
			)}
			<ReaderMenu app={app} />
		</header>
	);
}

function adminLinks(role: Role): readonly MenuItem[] {
	const { shell } = texts.value;
	if (role !== "admin") return [];
	return [
		"line",
		{ text: shell.liveView, href: "../live", icon: "external" },
		{ text: shell.api, href: "../openapi", icon: "external" },
	];
}

function ReaderMenu({ app: { session } }: Pick<TopBarProps, "app">) {
	const { shell } = texts.value;
	const { u_name: name, role } = session.person.value;
	const items: MenuItem[] = [
		{ text: shell.account, href: "#/account", icon: "user" },
		...choices(),
		"line",
		{ text: shell.logOut, icon: "logout", run: () => void session.logOut() },
	];
	return <Menu label={shell.loggedInAs(name, shell.roles[role])} icon="user" items={items} />;
}

/** Each by its own name. */
const LANGUAGES: readonly (readonly [Language, string])[] = [
	["zh", "繁體中文"],
	["en", "English"],
];

/** Language and theme, as entries of a menu. */
export function choices(): MenuItem[] {
	const { shell } = texts.value;
	const themes = [
		["system", "system", shell.system],
		["light", "sun", shell.light],
		["dark", "moon", shell.dark],
	] as const;
	return [
		"line",
		...LANGUAGES.map(([value, text]) => ({
			text,
			checked: language.value === value,
			// When its words cannot be loaded, the page stays in this one.
			run: () => void chooseLanguage(value).catch(() => {}),
		})),
		"line",
		...themes.map(([value, icon, text]) => ({
			text,
			icon,
			checked: theme.value === value,
			run: () => chooseTheme(value),
		})),
	];
}
