// The tree of people: read whole, changed piece by piece.
import { useQuery } from "@tanstack/vue-query";
import { cache } from "@/api/cache";
import { api } from "@/api/client";
import type { components } from "../../../api/schema";

type Shape = components["schemas"];
export type Organisation = Shape["Organisation"];
export type Member = Shape["Member"];
export type MemberWish = Shape["MemberWish"];
export type RoleRow = Shape["RoleRow"];
export type Department = Shape["Department"];
export type Team = Shape["Team"];
export type Vendor = Shape["Vendor"];
export type Link = Shape["AccountLink"];
export type Work = Shape["Work"];

const key = ["organisation"];

export const useOrganisation = () => useQuery({ queryKey: key, queryFn: () => api.get<Organisation>("/organisation"), staleTime: 15_000 });

/** After a change: the tree, and the names other screens show. */
export async function reread(): Promise<void> {
  await Promise.all([cache.invalidateQueries({ queryKey: key }), cache.invalidateQueries({ queryKey: ["directory"] })]);
}

export const blank = (): MemberWish => ({
  login: "", name: "", email: null, roles: ["agent"], brandIds: [], queueIds: [], departmentId: null, teamId: null,
  superiorId: null, vendorId: null, skills: [], languages: ["zh"], chatCapacity: 5, ticketCapacity: 20, deputyId: null,
});

export function wishOf(one: Member): MemberWish {
  const { id: _i, suspendedAt: _s, hasPassword: _p, secondFactor: _f, lastSeenAt: _l, state: _t, ...wish } = one;
  return wish;
}

export interface Line {
  key: string;
  depth: number;
  /** A department, a vendor, or a person under her superior. */
  member?: Member;
  title?: string;
  kind: "department" | "team" | "vendor" | "rest" | "person";
  id?: number;
  count?: number;
}

/** The tree as lines: departments with their people under their superiors, vendors likewise, then who stands nowhere. */
export function linesOf(all: Organisation, shown: (one: Member) => boolean, say: (text: { zh: string; en: string }) => string, rest: string): Line[] {
  const lines: Line[] = [];
  const people = all.people.filter(shown);
  const group = (members: Member[], depth: number, prefix: string): void => {
    const inside = new Set(members.map((one) => one.id));
    const under = (superior: number | null, at: number): void => {
      for (const one of members.filter((each) => (superior === null ? !each.superiorId || !inside.has(each.superiorId) : each.superiorId === superior))) {
        lines.push({ key: `${prefix}p${one.id}`, depth: at, member: one, kind: "person" });
        under(one.id, at + 1);
      }
    };
    under(null, depth);
  };
  const teamsIn = (departmentId: number | null, members: Member[], depth: number, prefix: string): void => {
    const teams = all.teams.filter((one) => one.departmentId === departmentId);
    group(members.filter((one) => !teams.some((team) => team.id === one.teamId)), depth, prefix);
    for (const team of teams) {
      const inside = members.filter((one) => one.teamId === team.id);
      lines.push({ key: `t${team.id}`, depth, title: say(team.name), kind: "team", id: team.id, count: inside.length });
      group(inside, depth + 1, `${prefix}t${team.id}`);
    }
  };
  const walk = (parent: number | null, depth: number): void => {
    for (const one of all.departments.filter((each) => each.parentId === parent)) {
      const members = people.filter((each) => each.departmentId === one.id && !each.vendorId);
      lines.push({ key: `d${one.id}`, depth, title: say(one.name), kind: "department", id: one.id, count: members.length });
      teamsIn(one.id, members, depth + 1, `d${one.id}`);
      walk(one.id, depth + 1);
    }
  };
  walk(null, 0);
  for (const vendor of all.vendors) {
    const members = people.filter((each) => each.vendorId === vendor.id);
    lines.push({ key: `v${vendor.id}`, depth: 0, title: vendor.name, kind: "vendor", id: vendor.id, count: members.length });
    group(members, 1, `v${vendor.id}`);
  }
  const loose = people.filter((each) => !each.departmentId && !each.vendorId);
  if (loose.length || all.teams.some((one) => !one.departmentId)) {
    lines.push({ key: "rest", depth: 0, title: rest, kind: "rest", count: loose.length });
    teamsIn(null, loose, 1, "rest");
  }
  return lines;
}
