import { http, HttpResponse } from "msw";
import type { paths } from "../api/schema";
import { auditCheckpoint, auditExports, auditRecords, members } from "./fixtures/audit";
import { eventDetail, olderEventDetail } from "./fixtures/event";
import { issueDetail, issues } from "./fixtures/issues";
import { apiKeys, dsnKeys, facets, outcomes, projects, session } from "./fixtures/organization";

const api = (path: keyof paths) => `*${path.replaceAll(/\{(\w+)\}/g, ":$1")}`;

export const problem = (status: number, code: string, extra: Record<string, unknown> = {}) =>
  HttpResponse.json({ type: "about:blank", title: code, status, code, detail: null, ...extra }, { status, headers: { "Content-Type": "application/problem+json" } });

/** A whole server at its best; a test overrides the one answer it is about. */
export const handlers = [
  http.get(api("/api/v1/auth/session"), () => HttpResponse.json(session)),
  http.post(api("/api/v1/auth/login"), () => HttpResponse.json(session)),
  http.post(api("/api/v1/auth/logout"), () => new HttpResponse(null, { status: 204 })),
  http.get(api("/api/v1/projects"), () => HttpResponse.json({ items: projects })),
  http.get(api("/api/v1/projects/{project_id}/keys"), () => HttpResponse.json({ items: dsnKeys })),
  http.get(api("/api/v1/projects/{project_id}/facets"), () => HttpResponse.json(facets)),
  http.get(api("/api/v1/projects/{project_id}/outcomes"), () => HttpResponse.json({ items: outcomes })),
  http.get(api("/api/v1/projects/{project_id}/issues"), () => HttpResponse.json({ items: issues, next_cursor: "next", total: 34, total_is_capped: false })),
  http.post(api("/api/v1/projects/{project_id}/issues/bulk"), () => HttpResponse.json({ updated: 2 })),
  http.get(api("/api/v1/issues/{issue_id}"), () => HttpResponse.json(issueDetail)),
  http.patch(api("/api/v1/issues/{issue_id}"), () => HttpResponse.json(issueDetail)),
  http.get(api("/api/v1/issues/{issue_id}/events/latest"), () => HttpResponse.json(eventDetail)),
  http.get(api("/api/v1/events/{event_id}"), ({ params }) => HttpResponse.json(params["event_id"] === eventDetail.event.event_id ? eventDetail : olderEventDetail)),
  http.get(api("/api/v1/api-keys"), () => HttpResponse.json({ items: apiKeys })),
  http.post(api("/api/v1/api-keys"), () => HttpResponse.json({ ...apiKeys[0], secret: "errp_k3y1d0000000000000000000000000000000000000000" }, { status: 201 })),
  http.get(api("/api/v1/organization/members"), () => HttpResponse.json({ items: members })),
  http.get(api("/api/v1/audit/records"), () => HttpResponse.json({ items: auditRecords, next_cursor: null })),
  http.get(api("/api/v1/audit/checkpoint"), () => HttpResponse.json(auditCheckpoint)),
  http.get(api("/api/v1/audit/exports"), () => HttpResponse.json({ items: auditExports })),
  http.post(api("/api/v1/audit/exports"), () => HttpResponse.json({ ...auditExports[0], state: "waiting", progress: 0, download_url: null }, { status: 202 })),
  http.delete(api("/api/v1/api-keys/{key_id}"), () => new HttpResponse(null, { status: 204 })),
];
