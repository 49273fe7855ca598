import { useState } from "preact/hooks";
import type { App } from "../../app-context.ts";
import { Button, IconButton } from "../../kit/button.tsx";
import { ConfirmDialog } from "../../kit/dialog.tsx";
import { StateDot } from "../../kit/state-dot.tsx";
import { EmptyState } from "../../kit/states.tsx";
import { type Column, Table } from "../../kit/table.tsx";
import { hashOf } from "../../routes.ts";
import { texts } from "../../texts/texts.ts";
import type { ProjectRow } from "../projects/projects-server.ts";
import { hasWords } from "../query.ts";
import { refusalText } from "../refusal-text.ts";
import { useLoaded } from "../use-loaded.ts";
import { allProjects as askAll, deleteProject, startProject, stopProject } from "./all-server.ts";
import { Listed } from "./listed.tsx";

export interface ListProps {
	readonly app: App;
	readonly search: string;
}

/** Projects of everyone, to be stopped or deleted. */
export function ProjectList({ app, search }: ListProps) {
	const { allProjects, shell } = texts.value;
	const list = useLoaded(() => askAll(app.ask), { clock: app.clock });
	const [asked, setAsked] = useState<ProjectRow | "stop">();
	const { notices } = app;
	const start = async ({ p_id }: ProjectRow) => {
		const answer = await startProject(app.ask, p_id);
		if (!answer.ok) {
			notices.say(refusalText(allProjects.notDone, answer, shell.unreachableNow), "bad");
		}
		list.reload();
	};
	const stop = async (row: ProjectRow) => {
		const answer = await stopProject(app.ask, row.p_id);
		if (answer.ok) {
			const again = { text: allProjects.runAgain, run: () => void start(row) };
			notices.say(allProjects.stopped1(row.p_name), "good", again);
		} else {
			notices.say(refusalText(allProjects.notDone, answer, shell.unreachableNow), "bad");
		}
		list.reload();
	};
	const running = list.value?.projects.filter(({ status }) => status === "on") ?? [];
	const columns = columnsOf(stop, setAsked);
	const dialog = { app, onDone: list.reload, onClose: () => setAsked(undefined) };
	return (
		<>
			<Listed
				list={list}
				all={list.value?.projects}
				isFound={({ p_name, u_name }) => hasWords(`${p_name} ${u_name ?? ""}`, search)}
				empty={<EmptyState icon="project" title={allProjects.noProjects} />}
			>
				{(rows) => (
					<Table
						label={allProjects.allProjects}
						columns={columns}
						rows={rows}
						keyOf={({ p_id }) => p_id}
					/>
				)}
			</Listed>
			{running.length > 1 && (
				<p class="all-stop">
					<Button icon="stop" onClick={() => setAsked("stop")}>
						{allProjects.stopAll(running.length)}
					</Button>
				</p>
			)}
			{asked === "stop" && <StopAllDialog {...dialog} running={running} />}
			{asked !== undefined && asked !== "stop" && <DeleteDialog {...dialog} row={asked} />}
		</>
	);
}

function columnsOf(
	stop: (row: ProjectRow) => Promise<void>,
	remove: (row: ProjectRow) => void,
): readonly Column<ProjectRow>[] {
	const { allProjects } = texts.value;
	return [
		{
			title: allProjects.name,
			cell: ({ p_id, p_name }) => (
				<a class="all-link" href={hashOf({ screen: "project", pId: p_id })} title={p_name}>
					{p_name}
				</a>
			),
		},
		{ title: allProjects.owner, cell: ({ u_name, u_id }) => u_name ?? u_id },
		{
			title: allProjects.state,
			cell: ({ status, sim, failed }) => (
				<StateDot isOn={status === "on"}>
					{status === "on" ? allProjects.running : allProjects.stopped}
					{sim === "on" && ` · ${allProjects.simulated}`}
					{failed > 0 && ` · ${texts.value.projects.failed(failed)}`}
				</StateDot>
			),
		},
		{
			title: allProjects.allDevices,
			cell: ({ devices }) => texts.value.projects.devices(devices.online, devices.bound),
		},
		{
			title: allProjects.actions,
			kind: "actions",
			cell: (row) => (
				<>
					{row.status === "on" && (
						<IconButton
							icon="stop"
							label={allProjects.stopOf(row.p_name)}
							onClick={() => void stop(row)}
						/>
					)}
					<IconButton
						icon="trash"
						label={allProjects.deleteOf(row.p_name)}
						onClick={() => remove(row)}
					/>
				</>
			),
		},
	];
}

interface DialogProps {
	readonly app: App;
	readonly onDone: () => void;
	readonly onClose: () => void;
}

function StopAllDialog(props: DialogProps & { readonly running: readonly ProjectRow[] }) {
	const { app, running, onDone, onClose } = props;
	const { allProjects, shell } = texts.value;
	const run = async () => {
		for (const { p_id } of running) {
			const answer = await stopProject(app.ask, p_id);
			if (!answer.ok) return refusalText("", answer, shell.unreachableNow);
		}
		app.notices.say(allProjects.stoppedAll(running.length), "good");
		onDone();
		return undefined;
	};
	return (
		<ConfirmDialog
			title={allProjects.stopAllTitle(running.length)}
			confirm={allProjects.stopAllNow}
			isDangerous
			onConfirm={run}
			onClose={onClose}
		>
			<p>{allProjects.stopAllHint}</p>
		</ConfirmDialog>
	);
}

function DeleteDialog(props: DialogProps & { readonly row: ProjectRow }) {
	const { app, row, onDone, onClose } = props;
	const { allProjects, shell } = texts.value;
	const run = async () => {
		const answer = await deleteProject(app.ask, row.p_id);
		if (!answer.ok) return refusalText(allProjects.notDone, answer, shell.unreachableNow);
		app.notices.say(allProjects.deleted(row.p_name), "good");
		onDone();
		return undefined;
	};
	return (
		<ConfirmDialog
			title={allProjects.deleteTitle(row.p_name, row.u_name ?? String(row.u_id))}
			confirm={allProjects.deleteNow}
			isDangerous
			onConfirm={run}
			onClose={onClose}
		>
			<p>{allProjects.deleteHint}</p>
		</ConfirmDialog>
	);
}
