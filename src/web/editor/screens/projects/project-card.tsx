import { useState } from "preact/hooks";
import type { App } from "../../app-context.ts";
import { ConfirmDialog } from "../../kit/dialog.tsx";
import { Switch } from "../../kit/fields.tsx";
import { formatNumber } from "../../kit/format.ts";
import { Icon } from "../../kit/icons.tsx";
import { Menu, type MenuItem } from "../../kit/menu.tsx";
import { StateDot } from "../../kit/state-dot.tsx";
import { hashOf } from "../../routes.ts";
import { texts } from "../../texts/texts.ts";
import { refusalText } from "../refusal-text.ts";
import { CopyDialog } from "./copy-dialog.tsx";
import { deleteProject, exportAddress, type ProjectRow, switchProject } from "./projects-server.ts";

export interface ProjectCardProps {
	readonly app: App;
	readonly row: ProjectRow;
	/** All projects of the list, whose names are taken. */
	readonly taken: readonly ProjectRow[];
	readonly onChanged: () => void;
}

/** A project in the list: how it is, and what can be done with it from here. */
export function ProjectCard({ app, row, taken, onChanged }: ProjectCardProps) {
	const { projects, shell } = texts.value;
	const [dialog, setDialog] = useState<"copy" | "delete">();
	const [wanted, setWanted] = useState<boolean>();
	const close = () => setDialog(undefined);
	const isOn = wanted ?? row.status === "on";
	const run = async (on: boolean) => {
		setWanted(on);
		const answer = await switchProject(app.ask, row.p_id, on);
		setWanted(undefined);
		if (!answer.ok) {
			app.notices.say(refusalText(projects.notSwitched, answer, shell.unreachableNow), "bad");
		}
		onChanged();
	};
	const remove = async () => {
		const answer = await deleteProject(app.ask, row.p_id);
		if (!answer.ok) return refusalText(projects.notDeleted, answer, shell.unreachableNow);
		app.notices.say(projects.deleted(row.p_name), "good");
		onChanged();
		return undefined;
	};
	const items = menuOf(row, setDialog);
	return (
		<li class="projects-card">
			<header>
				<h2>
					<Name row={row} />
				</h2>
				{items.length > 0 && <Menu label={projects.menu(row.p_name)} items={items} />}
			</header>
			<p class="projects-owner">{ownerText(app, row)}</p>
			{row.is_unreadable ? <Unreadable /> : <Facts row={row} />}
			{!row.is_unreadable && (
				<footer>
					{row.may === "look" ? (
						<State isOn={isOn} />
					) : (
						<Switch
							label={isOn ? projects.running : projects.paused}
							checked={isOn}
							disabled={wanted !== undefined}
							onChange={(on) => void run(on)}
						/>
					)}
					{row.sim === "on" && <span class="projects-chip">{projects.simulated}</span>}
				</footer>
			)}
			{dialog === "copy" && (
				<CopyDialog app={app} row={row} taken={taken} onDone={onChanged} onClose={close} />
			)}
			{dialog === "delete" && (
				<ConfirmDialog
					title={projects.deleteTitle(row.p_name)}
					confirm={projects.deleteNow}
					isDangerous
					onConfirm={remove}
					onClose={close}
				>
					<p>
						{row.is_unreadable ? projects.unreadable : projects.deleteHint(row.blocks, row.joins)}
					</p>
				</ConfirmDialog>
			)}
		</li>
	);
}

/** Leads to the project, if it can be opened. */
function Name({
	row: { p_id, p_name, is_unreadable: isUnreadable },
}: {
	readonly row: ProjectRow;
}) {
	if (isUnreadable) return <span>{p_name}</span>;
	return (
		<a href={hashOf({ screen: "project", pId: p_id })} title={p_name}>
			<span>{p_name}</span>
		</a>
	);
}

function menuOf(
	{ p_id, may, is_unreadable: isUnreadable }: ProjectRow,
	open: (dialog: "copy" | "delete") => void,
): readonly MenuItem[] {
	const { projects } = texts.value;
	const go = {
		text: projects.open,
		icon: "project",
		href: hashOf({ screen: "project", pId: p_id }),
	};
	const items: MenuItem[] = isUnreadable ? [] : [{ ...go, icon: "project" }];
	if (may !== "own") return items;
	const remove: MenuItem = {
		...{ text: projects.delete, icon: "trash", isDangerous: true },
		run: () => open("delete"),
	};
	if (isUnreadable) return [remove];
	return [
		...items,
		{ text: projects.copy, icon: "copy", run: () => open("copy") },
		{ text: projects.export, icon: "download", href: exportAddress(p_id, false) },
		{ text: projects.exportBundle, icon: "download", href: exportAddress(p_id, true) },
		"line",
		remove,
	];
}

function ownerText(app: App, { u_id, u_name, may }: ProjectRow): string {
	const { projects } = texts.value;
	const isOwn = u_id === app.session.person.value.u_id;
	const right = { look: projects.sharedLook, edit: projects.sharedEdit, own: undefined }[may];
	const name = isOwn ? projects.yours : projects.owner(u_name ?? String(u_id));
	return right === undefined ? name : `${name} · ${right}`;
}

function State({ isOn }: { readonly isOn: boolean }) {
	const { projects } = texts.value;
	return (
		<p class="projects-state">
			<StateDot isOn={isOn}>{isOn ? projects.running : projects.paused}</StateDot>
		</p>
	);
}

/** What its owner can do about a project that the server cannot read. */
function Unreadable() {
	return (
		<ul class="projects-facts">
			<li class="projects-failed">
				<Icon name="warning" />
				{texts.value.projects.unreadable}
			</li>
		</ul>
	);
}

/** Devices, errors and traffic, as far as they are known. */
function Facts({ row }: { readonly row: ProjectRow }) {
	const { projects } = texts.value;
	const { devices, failed, rate, blocks, joins } = row;
	return (
		<ul class="projects-facts">
			<li>
				<Icon name="model" />
				{projects.size(blocks, joins)}
			</li>
			<li>
				<Icon name="device" />
				{projects.devices(devices.online, devices.bound)}
				{devices.simulated > 0 && ` · ${projects.simulatedDevices(devices.simulated)}`}
			</li>
			{failed > 0 && (
				<li class="projects-failed">
					<Icon name="warning" />
					{projects.failed(failed)}
				</li>
			)}
			{rate !== null && row.status === "on" && (
				<li>
					<Icon name="chart" />
					{projects.rate(formatNumber(rate, 1))}
				</li>
			)}
		</ul>
	);
}
