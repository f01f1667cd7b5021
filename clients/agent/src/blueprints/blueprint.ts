// How to plug in an editor of your kind of document ("rule", "form", …):
//
//   1. A page in shell/settingsPages.ts (wide, permission "blueprints.edit", rest "/:brand?/:key?"), loaded by
//      `designing(() => import("@/yours/YoursPage.vue"))` of ./words, which brings the words of the frame and of conditions along.
//   2. In it <BlueprintList kind="rule" :chosen :fresh="(name) => body" @open /> and, for the chosen one,
//        <BlueprintFrame :key="…" kind="rule" :brand-key :key-name :fresh="() => body" :name-of="(path) => words">
//          <template #default="{ doc }"> <YourEditor :model-value="doc.body.value" @update:model-value="doc.set" /> </template>
//        </BlueprintFrame>
//   3. Your editor never changes the body it got: it gives `doc.set` a new one, or says doc.change((body) => { body.x = 1 }).
//      `doc.set(body, true)` is a step of its own to undo (drag, delete); what is typed is joined by itself.
//   4. Where a problem may belong stands data-place="then.0.to" (the server's place); a jump scrolls to the nearest one
//      and focuses what is in it. `<PlaceProblem place="then.0.to" />` shows what is wrong there, anywhere below the frame.
//
// The frame keeps the draft, undoes and redoes, shows who was faster, publishes, compares and takes back.
import { computed, inject, onBeforeUnmount, onMounted, provide, ref, shallowRef, type ComputedRef, type InjectionKey, type Ref, type ShallowRef } from "vue";
import { api, Offline, Refused } from "@/api/client";
import { complain } from "@/kit/notices";
import { onFrame } from "@/live/socket";
import { me } from "@/staff/session";
import { begin, changed, redone, undone } from "./history";
import { copyOf, pathOf, same, type Body, type Clash, type Opened, type Place, type Problem, type Standing, type Version } from "./types";

const keepMs = 700;
const againMs = 3000;

export { designing } from "./words";

export interface Doc {
  place: Place;
  state: Ref<"loading" | "ready" | "failed">;
  failure: Ref<unknown>;
  /** The draft, or what is published while nothing was changed. */
  body: ComputedRef<Body>;
  published: ShallowRef<Body | null>;
  standing: ShallowRef<Standing | null>;
  versions: ShallowRef<Version[]>;
  problems: ShallowRef<Problem[]>;
  /** "kept": on the server; "keeping": on its way; "offline": tried again by itself; "refused": see `failure`. */
  keeping: Ref<"kept" | "keeping" | "offline" | "refused">;
  /** Whether there is something to publish. */
  pending: ComputedRef<boolean>;
  clash: ShallowRef<Clash | null>;
  canUndo: ComputedRef<boolean>;
  canRedo: ComputedRef<boolean>;
  set: (body: Body, alone?: boolean) => void;
  change: (how: (body: Body) => void, alone?: boolean) => void;
  undo: () => void;
  redo: () => void;
  /** Keeps at once what is still to be kept. */
  flush: () => Promise<void>;
  publish: (note: string) => Promise<boolean>;
  takeBack: (version: number, note: string) => Promise<boolean>;
  retire: (note: string) => Promise<boolean>;
  discard: () => Promise<boolean>;
  settle: (mine: boolean) => Promise<void>;
  versionBody: (version: number) => Promise<Body>;
}

const key: InjectionKey<Doc> = Symbol("blueprint");
/** The document of the frame above, if there is one. */
export const useDoc = (): Doc | null => inject(key, null);

export function useBlueprint(kind: string, brandKey: string, keyName: string, fresh: () => Body): Doc {
  const place: Place = { kind, brandKey, key: keyName };
  const path = pathOf(place);
  const state = ref<"loading" | "ready" | "failed">("loading");
  const failure = ref<unknown>(null);
  const history = shallowRef(begin<Body>({}));
  const body = computed(() => history.value.now);
  const published = shallowRef<Body | null>(null);
  const standing = shallowRef<Standing | null>(null);
  const versions = shallowRef<Version[]>([]);
  const problems = shallowRef<Problem[]>([]);
  const keeping = ref<"kept" | "keeping" | "offline" | "refused">("kept");
  const clash = shallowRef<Clash | null>(null);
  let revision = 0;
  let keptBody: Body = {};
  let timer: ReturnType<typeof setTimeout> | undefined;
  let under: Promise<void> | null = null;
  let gone = false;

  const dirty = () => !same(history.value.now, keptBody);
  const pending = computed(() => !!standing.value && (standing.value.drafted || standing.value.version === 0 || standing.value.retired) && !(published.value && !standing.value.retired && same(body.value, published.value)));

  function take(opened: Opened, keepMine = false): void {
    const { blueprint } = opened;
    [standing.value, published.value, versions.value, problems.value] = [blueprint.standing, blueprint.published, blueprint.versions, opened.problems];
    [revision, keptBody] = [blueprint.standing.revision, blueprint.standing.body];
    if (!keepMine) history.value = same(history.value.now, keptBody) ? history.value : begin(keptBody);
  }
  /** `again`: while somebody may be writing. What was changed or kept since it was asked is not overwritten by the answer. */
  async function read(again = false): Promise<void> {
    const [seen, was] = [history.value, revision];
    const overtaken = () => again && (history.value !== seen || revision !== was);
    try {
      const opened = await api.get<Opened>(path);
      if (overtaken()) return look();
      take(opened);
      state.value = "ready";
    } catch (problem) {
      if (overtaken()) return look();
      if (problem instanceof Refused && problem.code === "no_such_blueprint") {
        // Nobody has begun it, or it was thrown away: what it begins with is kept once it is changed.
        [keptBody, revision, state.value, standing.value, published.value, versions.value] = [fresh(), 0, "ready", null, null, []];
        history.value = begin(keptBody);
        return;
      }
      failure.value = problem;
      if (state.value === "loading") state.value = "failed";
    }
  }
  /** Something may have happened elsewhere. While one's own is on its way it is not known yet what that is. */
  async function look(): Promise<void> {
    if (under) await under;
    if (gone || clash.value) return;
    return dirty() ? meet() : read(true);
  }

  function later(ms: number): void {
    clearTimeout(timer);
    timer = setTimeout(() => void flush(), ms);
  }
  function set(next: Body, alone = false): void {
    if (clash.value || same(next, history.value.now)) return;
    history.value = changed(history.value, next, Date.now(), alone);
    moved();
  }
  function change(how: (draft: Body) => void, alone = false): void {
    const next = copyOf(history.value.now);
    how(next);
    set(next, alone);
  }
  function moved(): void {
    keeping.value = dirty() ? "keeping" : "kept";
    later(keepMs);
  }
  const undo = () => void ((history.value = undone(history.value)), moved());
  const redo = () => void ((history.value = redone(history.value)), moved());

  async function keep(): Promise<void> {
    const sent = history.value.now;
    keeping.value = "keeping";
    try {
      const kept = await api.put<{ revision: number; problems: Problem[] }>(`${path}/draft`, { body: sent, basedOn: revision });
      [revision, keptBody, problems.value, failure.value] = [kept.revision, sent, kept.problems, null];
      const { value: known } = standing;
      standing.value = known
        ? { ...known, drafted: true, revision, body: sent, changedBy: me.value?.id ?? null, changedAt: new Date().toISOString() }
        : { kind, brandKey, key: keyName, version: 0, retired: false, drafted: true, revision, changedBy: me.value?.id ?? null, changedAt: new Date().toISOString(), body: sent };
      keeping.value = dirty() ? "keeping" : "kept";
      if (dirty() && !gone) later(0);
    } catch (problem) {
      if (problem instanceof Refused && problem.code === "blueprint_changed") return meet(true);
      keeping.value = problem instanceof Offline ? "offline" : "refused";
      failure.value = problem;
      if (problem instanceof Offline && !gone) later(againMs);
    }
  }
  async function flush(): Promise<void> {
    clearTimeout(timer);
    if (under) await under;
    if (clash.value || state.value !== "ready" || !dirty()) return;
    under = keep().finally(() => (under = null));
    await under;
  }

  /** Somebody was faster: what she made of it, to choose from. When both wrote the same, there is nothing to choose.
   * `refused`: the server said so; else it may turn out that nobody was. */
  async function meet(refused = false): Promise<void> {
    if (!refused && revision === 0) return;
    try {
      const opened = await api.get<Opened>(path);
      if (!refused && under) await under;
      const theirs = opened.blueprint.standing;
      if (!refused && theirs.revision <= revision) return;
      if (same(theirs.body, history.value.now) || !dirty()) {
        take(opened);
        keeping.value = "kept";
      } else {
        take(opened, true);
        clash.value = { byId: theirs.changedBy, at: theirs.changedAt, revision: theirs.revision, theirs: theirs.body };
      }
    } catch (problem) {
      if (problem instanceof Refused && problem.code === "no_such_blueprint") {
        [revision, keptBody, standing.value] = [0, {}, null];
        clash.value = { byId: null, at: new Date().toISOString(), revision: 0, theirs: null };
      } else complain(problem);
    }
  }
  async function settle(mine: boolean): Promise<void> {
    const met = clash.value;
    clash.value = null;
    if (!met) return;
    if (mine) return keeping.value = "keeping", flush();
    history.value = changed(history.value, met.theirs ?? fresh(), Date.now(), true);
    if (met.theirs) keptBody = met.theirs;
    keeping.value = "kept";
  }

  /** Something that changes what is true; false when it was refused, and then it says so. */
  async function act(call: () => Promise<Opened | null>): Promise<boolean> {
    await flush();
    if (clash.value || keeping.value !== "kept") return false;
    try {
      const opened = await call();
      if (opened) take(opened);
      else await read();
      return true;
    } catch (problem) {
      if (problem instanceof Refused && problem.code === "blueprint_changed") await meet(true);
      else if (problem instanceof Refused && problem.code === "blueprint_unfit") problems.value = (problem.extra.problems as Problem[] | undefined) ?? [];
      else complain(problem);
      return false;
    }
  }

  const stop = onFrame((frame) => {
    if (frame.op === "ready") return void (state.value === "ready" && look());
    if (frame.op !== "event" || frame.kind !== "blueprint") return;
    const told = frame.data as Place & { revision: number };
    if (told.kind !== kind || told.brandKey !== brandKey || told.key !== keyName) return;
    // One's own come back, too.
    void (under ?? Promise.resolve()).then(() => (told.revision > 0 && told.revision <= revision ? undefined : look()));
  });
  const leaving = (event: BeforeUnloadEvent) => void (dirty() && !clash.value && (void flush(), event.preventDefault()));
  onMounted(() => (window.addEventListener("beforeunload", leaving), void read()));
  onBeforeUnmount(() => {
    void flush();
    gone = true;
    stop();
    window.removeEventListener("beforeunload", leaving);
  });

  const doc: Doc = {
    place, state, failure, body, published, standing, versions, problems, keeping, pending, clash, set, change, undo, redo, flush, settle,
    canUndo: computed(() => history.value.past.length > 0),
    canRedo: computed(() => history.value.future.length > 0),
    publish: (note) => act(() => api.post<Opened>(`${path}/publish`, { basedOn: revision, note })),
    takeBack: (version, note) => act(() => api.post<Opened>(`${path}/take-back`, { basedOn: revision, version, note })),
    retire: (note) => act(() => api.post<null>(`${path}/retire`, { basedOn: revision, note })),
    discard: () => act(() => api.delete<null>(`${path}/draft?based_on=${revision}`)),
    versionBody: (version) => api.get<{ body: Body }>(`${path}/versions/${version}`).then((answer) => answer.body),
  };
  provide(key, doc);
  return doc;
}
