-- The health of a Tenon resource, for Argo CD. It needs Lua's basic functions only.

local status = obj.status or {}
local annotations = obj.metadata.annotations or {}
local suspended = (obj.spec ~= nil and obj.spec.suspend == true) or annotations["tenon.dev/reconcile"] == "disabled"

local conditions = {}
for _, condition in ipairs(status.conditions or {}) do
  conditions[condition.type] = condition
end

local function holds(name)
  return conditions[name] ~= nil and conditions[name].status == "True"
end

local function answer(health, message)
  return { status = health, message = message }
end

-- What the status says is about an older generation, or nobody has looked yet. Suspending makes a new generation that the
-- operator does not look at, so that this is no progress.
if status.observedGeneration ~= obj.metadata.generation then
  if suspended then
    return answer("Suspended", "Suspended: the store stays as it is")
  end
  return answer("Progressing", "Waiting for the operator")
end

-- Only a person can help; also where a deletion is refused. To wait for an approval is no fault.
if holds("Stalled") then
  local health = conditions["Stalled"].reason == "ApprovalRequired" and "Suspended" or "Degraded"
  return answer(health, conditions["Stalled"].message)
end

if obj.metadata.deletionTimestamp ~= nil then
  return answer("Progressing", "Being deleted")
end

if holds("Ready") and not holds("Reconciling") then
  return answer("Healthy", conditions["Ready"].message)
end

if suspended then
  return answer("Suspended", "Suspended: the store stays as it is")
end

return answer("Progressing", conditions["Ready"] ~= nil and conditions["Ready"].message or "Waiting for the operator")
