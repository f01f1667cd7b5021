// Where the steps stand when nobody has placed them: layers from the top down.
import { graphlib, layout } from "@dagrejs/dagre";
import type { Design } from "./drawing";

export const size = { width: 208, height: 62 };

export function placed(design: Design): Map<string, { x: number; y: number }> {
  const graph = new graphlib.Graph();
  graph.setGraph({ rankdir: "TB", nodesep: 40, ranksep: 52, marginx: 16, marginy: 16 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const one of design.steps) graph.setNode(one.key, { ...size });
  for (const one of design.steps) for (const way of one.next ?? []) if (graph.hasNode(way.to) && way.to !== one.key) graph.setEdge(one.key, way.to);
  layout(graph);
  return new Map(design.steps.map((one) => {
    const at = graph.node(one.key) as { x: number; y: number };
    return [one.key, { x: Math.round(at.x - size.width / 2), y: Math.round(at.y - size.height / 2) }];
  }));
}
