-- What wrk sends, and the one line that it reports: requests, seconds, p99 in milliseconds, failures.
-- wrk … --script requests.lua URL -- list|detail|token|create BOOKS FIRST
-- BOOKS is the number of books with the ids 1 to BOOKS, FIRST the number of the first ISBN that is not taken.

local kind, books, next_isbn

-- An ISBN-13 of 978, nine digits and the check digit.
local function isbn(number)
    local digits = string.format("978%09d", number)
    local sum = 0
    for index = 1, 12 do
        sum = sum + tonumber(digits:sub(index, index)) * (index % 2 == 1 and 1 or 3)
    end
    return digits .. (10 - sum % 10) % 10
end

local function list()
    return wrk.format("GET", "/api/books/?page=" .. math.random(1, 20))
end

local function detail()
    return wrk.format("GET", "/api/books/" .. math.random(1, books) .. "/")
end

-- As detail, by a user who sends a token.
local function token()
    return wrk.format("GET", "/api/books/" .. math.random(1, books) .. "/", { ["Authorization"] = "Token " .. ("b"):rep(40) })
end

local function create()
    local number = next_isbn
    next_isbn = next_isbn + 1
    local body = string.format(
        '{"title":"Measured Book %d","isbn":"%s","author":%d,"subjects":["fiction","poetry"],"published_on":"2001-02-03",'
            .. '"pages":321,"price":"12.50","language":"en","summary":"Written to be measured.",'
            .. '"keywords":["speed","bench"],"metadata":{"edition":1},"weight_kg":0.35}',
        number, isbn(number), math.random(1, books / 40))
    local headers = { ["Content-Type"] = "application/json", ["Authorization"] = "Token " .. ("a"):rep(40) }
    return wrk.format("POST", "/api/books/", headers, body)
end

function init(args)
    kind, books, next_isbn = args[1], tonumber(args[2]), tonumber(args[3])
    math.randomseed(next_isbn)
    request = ({ list = list, detail = detail, token = token, create = create })[kind]
end

function done(summary, latency)
    local errors = summary.errors
    local failures = errors.connect + errors.read + errors.write + errors.status + errors.timeout
    io.write(string.format("result %d %.3f %.3f %d\n", summary.requests, summary.duration / 1e6,
        latency:percentile(99) / 1e3, failures))
end
