import type { Readable } from "openapi-typescript-helpers";
import type { components } from "./schema";

// As the client answers it: fields which only requests hold are gone.
type Schemas = Readable<components["schemas"]>;

export type Scope = Schemas["Scope"];
export type Session = Schemas["Session"];
export type Project = Schemas["Project"];
export type DsnKey = Schemas["DsnKey"];
export type Issue = Schemas["Issue"];
export type IssueDetail = Schemas["IssueDetail"];
export type IssuePage = Schemas["IssuePage"];
export type IssueStatus = Schemas["IssueStatus"];
export type Level = Schemas["Level"];
export type HourlyCount = Schemas["HourlyCount"];
export type DailyCount = Schemas["DailyCount"];
export type TagBar = Schemas["TagBar"];
export type Facets = Schemas["Facets"];
export type OutcomeRow = Schemas["OutcomeRow"];
export type ApiKey = Schemas["ApiKey"];
export type ApiKeyCreated = Schemas["ApiKeyCreated"];
export type EventDetail = Schemas["EventDetail"];
export type Event = Schemas["Event"];
export type ExceptionValue = Schemas["ExceptionValue"];
export type Frame = Schemas["Frame"];
export type Thread = Schemas["Thread"];
export type Breadcrumb = Schemas["Breadcrumb"];
export type EventRequest = Schemas["Request"];
export type EventUser = Schemas["User"];
export type Mechanism = Schemas["Mechanism"];
export type Redaction = Schemas["Redaction"];
export type Sdk = Schemas["Sdk"];

export type IssueSort = Schemas["IssueSort"];
export type Period = Schemas["Period"];
export type Member = Schemas["Member"];
export type AuditRecord = Schemas["AuditRecord"];
export type AuditTarget = Schemas["AuditTarget"];
export type AuditCheckpoint = Schemas["AuditCheckpoint"];
export type AuditExport = Schemas["AuditExport"];
