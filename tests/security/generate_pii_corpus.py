# ruff: noqa: ANN001, B007, C408, E401, E402, E701, E702, E731, F401, I001, PERF401, PLW2901, PTH123, Q000, Q003, RUF005, SIM102, W291
# fmt: off
# mypy: ignore-errors
# Kept in the compact form in which it was handed over: it is a table of cases, read by case and never changed by hand.
"""generate_pii_corpus.py OUT.jsonl: labelled synthetic PII/secret-scrubbing cases. Deterministic (seed 20260101).
Fields: id, label(pos|neg), kind, path (Sentry-like event path), value, context(key of the value), must_remove[], must_keep[], tags[], rule (expected detector or null), profile.
must_remove: substrings that must not occur in the scrubbed event (checked on the JSON text AND after url-/base64-/JSON-unescape of the original encoding).
must_keep: substrings that must still occur. No value is live: emails use example.* domains, cards are Luhn-valid numbers built on
network test-prefixes filled at random (documented as synthetic), phones use 555-01xx / Ofcom-drama / .invalid ranges, IPs use RFC 5737/3849 or private ranges,
cloud/vendor tokens carry the public prefix but deliberately contain the marker SYNTH or an impossible alphabet/checksum so no vendor endpoint could accept them."""
import json, random, base64, urllib.parse, string, hashlib, uuid, html
R=random.Random(20260101)
out=[]
PATHS_POS=["exception.values.0.value","logentry.formatted","logentry.message","logentry.params.0","message","breadcrumbs.values.3.message","breadcrumbs.values.2.data.url","breadcrumbs.values.1.data.body","request.url","request.query_string","request.data","request.headers.Authorization","request.cookies","request.env.REMOTE_ADDR","extra.payload","extra.debug","contexts.custom.note","tags.customer","user.email","user.username","user.ip_address","exception.values.0.stacktrace.frames.2.vars.row","exception.values.0.stacktrace.frames.0.vars.body","exception.values.0.stacktrace.frames.1.context_line","spans.0.description","spans.1.data.http.url","threads.values.0.stacktrace.frames.0.vars.ctx","transaction","server_name","fingerprint.0","release","sdk.name","modules.x"]
def add(label,kind,value,rm=(),keep=(),path=None,tags=(),rule=None,key=None,profile="default"):
    if path is None: path=R.choice(["extra.payload","exception.values.0.value","logentry.formatted","breadcrumbs.values.3.message","exception.values.0.stacktrace.frames.2.vars.row","request.data","contexts.custom.note"])
    if label=='pos' and rule is None: rule=kind.split('.')[0]
    rm=[r for r in rm if r]; keep=[k for k in keep if k]
    out.append(dict(label=label,kind=kind,path=path,key=key or path.split('.')[-1],value=value,must_remove=rm,must_keep=keep,tags=list(tags),rule=rule,profile=profile))
def luhn_fix(p,n):
    d=[int(c) for c in p]+[R.randrange(10) for _ in range(n-1-len(p))]
    s=0
    for i,x in enumerate(reversed(d)):
        if i%2==0: x*=2; x=x-9 if x>9 else x
        s+=x
    return ''.join(map(str,d))+str((10-s%10)%10)
def luhn_ok(s):
    t=0
    for i,c in enumerate(reversed(s)):
        x=int(c)
        if i%2: x*=2; x=x-9 if x>9 else x
        t+=x
    return t%10==0
def iban(cc,bban):
    s=bban+cc+'00'; n=int(''.join(str(int(c,36)) for c in s)); return cc+f"{98-n%97:02d}"+bban
dg=lambda n: ''.join(R.choice('0123456789') for _ in range(n))
hx=lambda n: ''.join(R.choice('0123456789abcdef') for _ in range(n))
an=lambda n: ''.join(R.choice(string.ascii_letters+string.digits) for _ in range(n))
FN=["ana","bjorn","chidi","divya","emre","fatima","goran","hanna","ines","jonas","kwame","lucia","marek","nadia","oleg","priya","quentin","rosa","sven","tomas"]
LN=["novak","silva","okafor","larsen","demir","haddad","petrov","moreau","kowalski","ivanova"]
def em(): return f"{R.choice(FN)}.{R.choice(LN)}{R.choice(['',str(R.randrange(99))])}@{R.choice(['example.com','example.org','mail.example.net','corp.example.co.uk'])}"
# ---------- positives
for i in range(8):
    e=em(); add('pos','email.plain',f"User {e} not found in tenant 42",[e],["not found in tenant 42"])
for e,t in [("o'brien@example.com",['quote']),("first+tag@example.com",['plus']),("user@sub.sub2.example.co.uk",['subdomain']),("UPPER@EXAMPLE.COM",['case']),("jörg@example.com",['unicode-local']),("user@bücher.example",['idn']),("\"odd local\"@example.com",['quoted-local']),("a_b-c.d%x@example.org",['specials'])]:
    add('pos','email.variant',f"send to {e} failed: 550",[e],["failed: 550"],tags=t)
e=em(); add('pos','email.urlenc',f"https://app.example/reset?email={urllib.parse.quote(e,safe='')}&step=2",[urllib.parse.quote(e,safe=''),e],["step=2","/reset"],path="request.url",tags=['urlenc'])
e=em(); add('pos','email.double_urlenc',"next="+urllib.parse.quote(urllib.parse.quote("/p?e="+e,safe=''),safe=''),[e,urllib.parse.quote(urllib.parse.quote(e,safe=''),safe='')],[],path="request.query_string",tags=['urlenc2'])
e=em(); add('pos','email.json_in_string',json.dumps({"user":{"mail":e},"ok":True}),[e],['"ok": true'],path="request.data",tags=['json-in-string'])
e=em(); add('pos','email.json_twice',json.dumps({"body":json.dumps({"mail":e,"n":3})}),[e],[],path="breadcrumbs.values.1.data.body",tags=['json-in-json'])
e=em(); add('pos','email.base64',"payload="+base64.b64encode(json.dumps({"mail":e,"role":"x"}).encode()).decode(),[base64.b64encode(json.dumps({"mail":e,"role":"x"}).encode()).decode()],["payload="],tags=['base64'])
e=em(); add('pos','email.html',f"<a href=\"mailto:{e}\">{html.escape(e)}</a> rendering failed",[e],["rendering failed"],tags=['html'])
e=em(); add('pos','email.html_entity',e.replace('@','&#64;')+" invalid",[e.replace('@','&#64;')],["invalid"],tags=['html-entity'])
e=em(); add('pos','email.fullwidth_at',e.replace('@','\uff20')+" rejected",[e.replace('@','\uff20')],["rejected"],tags=['unicode'])
e=em(); add('pos','email.zero_width',e.replace('@','\u200b@')+" rejected",[e.replace('@','\u200b@')],["rejected"],tags=['unicode'])
e=em(); add('pos','email.python_repr',f"<User id=7 email='{e}' active=True>",[e],["id=7","active=True"],path="exception.values.0.stacktrace.frames.2.vars.self",tags=['frame-vars'])
e=em(); add('pos','email.sql',f"INSERT INTO users (email) VALUES ('{e}') -- duplicate key",[e],["INSERT INTO users","duplicate key"],path="spans.0.description",tags=['sql'])
e=em(); add('pos','email.pg_detail',f"DETAIL:  Key (email)=({e}) already exists.",[e],["already exists","Key (email)"],path="exception.values.0.value",tags=['db-error'])
e=em(); add('pos','email.path',f"/api/users/{e}/orders/1234",[e],["/api/users/","/orders/1234"],path="transaction",tags=['transaction'])
e=em(); add('pos','email.tag',e,[e],[],path="tags.customer",tags=['tag'])
e=em(); add('pos','email.key',json.dumps({e:1}),[e],[],path="extra.counts",tags=['pii-in-key'])
e=em(); add('pos','email.fingerprint',e,[e],[],path="fingerprint.0",tags=['fingerprint'])
e=em(); add('pos','email.split_lines',f"From: {e}\r\nTo: {em()}\r\nSubject: hi",[e],["Subject: hi"],tags=['mime'])
# cards
for name,pf,n in [('visa','4',16),('visa13','4',13),('visa19','4',19),('mastercard','51',16),('mastercard2','2221',16),('mastercard2b','2720',16),('amex','34',15),('amex','37',15),('discover','6011',16),('discover65','65',16),('discover644','644',16),('diners','36',14),('diners300','300',14),('jcb','3528',16),('unionpay','62',16),('unionpay19','62',19),('maestro','5018',16),('maestro12','6304',12),('mir','2200',16)]:
    c=luhn_fix(pf,n); add('pos','card.'+name,f"charge failed card={c} code=05",[c],["charge failed","code=05"],tags=['luhn-valid'],rule='card')
for sep in [' ','-','.','\u00a0','  ',' - ','_']:
    c=luhn_fix('4',16); s=sep.join(c[i:i+4] for i in range(0,16,4)); add('pos','card.separator',f"PAN {s} declined",[s],["declined"],tags=['sep:'+repr(sep)],rule='card')
c=luhn_fix('34',15); s=f"{c[:4]} {c[4:10]} {c[10:]}"; add('pos','card.amex_grouping',f"amex {s} expired",[s],["expired"],rule='card')
c=luhn_fix('4',16); add('pos','card.number_type',{"pan":int(c),"amount":1999},[c],["1999"],path="extra.payload",tags=['json-number'],rule='card')
c=luhn_fix('4',16); add('pos','card.fullwidth_digits',"card "+''.join(chr(0xff10+int(x)) for x in c)+" bad",[''.join(chr(0xff10+int(x)) for x in c)],["bad"],tags=['unicode-digits'],rule='card')
c=luhn_fix('4',16); add('pos','card.arabic_digits',"card "+''.join(chr(0x0660+int(x)) for x in c)+" bad",[''.join(chr(0x0660+int(x)) for x in c)],["bad"],tags=['unicode-digits'],rule='card')
c=luhn_fix('4',16); add('pos','card.split_fields',{"pan1":c[:8],"pan2":c[8:],"card_number":c},[c],[],tags=['key-driven'],rule='card')
c=luhn_fix('4',16); add('pos','card.in_url',f"https://pay.example/c/{c}?x=1",[c],["x=1"],path="request.url",rule='card')
c=luhn_fix('52',16); add('pos','card.glued_text',f"pan:{c},cvv:",[c],["cvv:"],rule='card')
c=luhn_fix('4',16); add('pos','card.track2',f";{c}=29121010000000000000?",[c],[],tags=['track2'],rule='card')
c=luhn_fix('4',16); add('pos','card.json_escaped',json.dumps(json.dumps({"pan":c})),[c],[],tags=['json-in-string'],rule='card')
c=luhn_fix('4',16); add('pos','card.with_cvv',f"pan={c}&cvv=123&exp=12%2F29",[c,"cvv=123"],["exp="],path="request.data",rule='card')
# IBAN
for cc,b in [('DE',dg(18)),('DE',dg(18)),('FR',dg(10)+an(11).upper()+dg(2)),('GB','WEST'+dg(14)),('NL','ABNA'+dg(10)),('ES',dg(20)),('IT','X'+dg(22)),('CH',dg(17)),('NO',dg(11)),('PL',dg(24)),('MT','MALT'+dg(5)+an(18).upper()),('BE',dg(12)),('AT',dg(16)),('SE',dg(20)),('DK',dg(14)),('TR',dg(5)+'0'+an(16).upper()),('SA',dg(20)),('BR',dg(23)+'P1')]:
    v=iban(cc,b); add('pos','iban.'+cc,f"transfer to {v} rejected R01",[v],["rejected R01"],tags=['mod97'],rule='iban')
v=iban('DE',dg(18)); s=' '.join(v[i:i+4] for i in range(0,len(v),4)); add('pos','iban.grouped',f"IBAN {s} unknown",[s],["unknown"],rule='iban')
v=iban('DE',dg(18)); add('pos','iban.lower',f"iban={v.lower()}",[v.lower()],["iban="],rule='iban')
v=iban('GB','WEST'+dg(14)); add('pos','iban.urlenc',"iban="+'%20'.join(v[i:i+4] for i in range(0,len(v),4)),['%20'.join(v[i:i+4] for i in range(0,len(v),4))],["iban="],path="request.query_string",rule='iban')
# national ids
def ssn(): return f"{R.randrange(100,665)}-{R.randrange(10,99)}-{R.randrange(1000,9999)}"
for i in range(5):
    s=ssn(); add('pos','us_ssn.dashed',f"ssn {s} mismatch",[s],["mismatch"])
s=ssn().replace('-',''); add('pos','us_ssn.keyed',s,[s],[],path="extra.ssn",tags=['key-driven'])
s=ssn().replace('-',' '); add('pos','us_ssn.spaces',f"SSN: {s}",[s],["SSN:"],tags=['context-word'])
for v,k in [("943 476 5919","uk_nhs"),("QQ 12 34 56 C","uk_nino"),("12345678Z","es_dni"),("AAAAAA00A00A000A","it_codice_fiscale"),("123.456.789-09","br_cpf"),("111222333","nl_bsn_keyed"),("ABCPE1234F","in_pan"),("2341 2341 2346","in_aadhaar"),("900101-1234567","kr_rrn"),("19900101-2385","se_personnummer"),("01010112345","no_fnr_keyed"),("44051401359","pl_pesel"),("A123456789","tw_id_keyed"),("046 454 286","ca_sin")]:
    add('pos','national_id.'+k,f"{k}={v} lookup failed",[v],["lookup failed"],tags=['context-word'],rule='national_id',profile='eu+intl')
add('pos','passport.keyed',"X1234567A",["X1234567A"],[],path="extra.passport_number",tags=['key-driven'],rule='passport')
add('pos','passport.mrz',"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10",["L898902C36UTO7408122F1204159ZE184226B"],[],tags=['mrz'],rule='passport')
add('pos','dob.keyed',"1984-02-29",["1984-02-29"],[],path="extra.date_of_birth",tags=['key-driven'],rule='dob')
# phones (fictional ranges)
for v in ["+1 202-555-0143","(202) 555-0171","202.555.0119","+44 20 7946 0958","+44 7700 900123","07700 900456","+61 491 570 156","+33 1 99 00 12 34","tel:+1-202-555-0188","+49 (0)30 23125 123","0049 30 23125 456","+47 22 00 00 00"]:
    add('pos','phone',f"sms to {v} bounced",[v],["bounced"],rule='phone',profile='strict')
# ip
for v in ["192.0.2.17","198.51.100.250","203.0.113.9"]:
    add('pos','ipv4',f"connect from {v} refused",[v],["refused"],rule='ip',profile='ip')
add('pos','ipv4.remote_addr',"198.51.100.7",["198.51.100.7"],[],path="request.env.REMOTE_ADDR",rule='ip',profile='ip')
add('pos','ipv4.user',"203.0.113.77",["203.0.113.77"],[],path="user.ip_address",rule='ip',profile='ip')
add('pos','ipv4.xff',"203.0.113.5, 198.51.100.1",["203.0.113.5","198.51.100.1"],[],path="request.headers.X-Forwarded-For",rule='ip',profile='ip')
add('pos','ipv4.port',"dial tcp 192.0.2.44:5432: i/o timeout",["192.0.2.44"],["i/o timeout"],rule='ip',profile='ip')
for v in ["2001:db8::1","2001:db8:85a3::8a2e:370:7334","2001:0db8:0000:0000:0000:ff00:0042:8329","::ffff:192.0.2.128","fe80::1ff:fe23:4567:890a%eth0","[2001:db8::5]:443"]:
    add('pos','ipv6',f"peer {v} reset",[v.strip('[]').split(']')[0]],["reset"],rule='ip',profile='ip')
for v in ["00:1B:44:11:3A:B7","00-1b-44-11-3a-b7","001b.4411.3ab7"]:
    add('pos','mac',f"device {v} offline",[v],["offline"],rule='mac',profile='strict')
v="490154203237518"; add('pos','imei',f"imei={v} blocked",[v],["blocked"],rule='imei',profile='strict')
v="35-209900-176148-1"; add('pos','imei.dashed',f"imei {v} blocked",[v],["blocked"],rule='imei',profile='strict')
# geo
add('pos','geo.latlon',{"lat":59.913868,"lon":10.752245,"acc":5},["59.913868","10.752245"],["acc"],path="contexts.location",tags=['key-driven'],rule='geo',profile='strict')
# passwords / secret keys by field name
for k in ["password","passwd","pwd","user_password","newPassword","passwordConfirmation","secret","client_secret","clientSecret","api_key","apiKey","api-key","apikey","X-Api-Key","auth","authorization","Authorization","auth_token","access_token","accessToken","refresh_token","id_token","csrf_token","csrfmiddlewaretoken","sessionid","session","PHPSESSID","JSESSIONID","connect.sid","credentials","mysql_pwd","PGPASSWORD","private_key","privateKey","ssh_key","encryption_key","signing_key","aws_secret_access_key","db_pass","DATABASE_PASSWORD","otp","two_factor","pin","cvv","cvc","card_number","security_answer","mot_de_passe","passwort","contraseña","Set-Cookie","Cookie","X-Auth-Token","Proxy-Authorization","stripe_signature","jwt","bearer","passphrase","salt"]:
    v="S3kr-"+an(10); base=R.choice(["extra","request.headers","exception.values.0.stacktrace.frames.1.vars","request.data","contexts.custom","breadcrumbs.values.0.data"])
    add('pos','secret_key_name',v,[v],[],path=f"{base}.{k}",key=k,tags=['key-driven'],rule='sensitive_key')
v="S3kr-"+an(10); add('pos','secret.object_under_key',{"username":"jane","nested":[v,{"deep":v}]},[v],[],path="extra.credentials",tags=['key-driven','container'],rule='sensitive_key')
v="S3kr-"+an(10); add('pos','secret.list_of_pairs',[["X-Trace","1"],["Authorization","Bearer "+v]],[v],["X-Trace"],path="request.headers",tags=['pairlist'],rule='sensitive_key')
v="S3kr-"+an(10); add('pos','secret.querystring',f"page=2&password={v}&sort=asc",[v],["page=2","sort=asc"],path="request.query_string",tags=['qs'],rule='sensitive_key')
v="S3kr-"+an(10); add('pos','secret.qs_pairs',[["page","2"],["api_key",v]],[v],["page"],path="request.query_string",tags=['qs','pairlist'],rule='sensitive_key')
v="S3kr-"+an(10); add('pos','secret.cli_args',["app","--user","bob","--password",v,"--verbose"],[v],["--verbose"],path="extra.sys.argv",tags=['argv'],rule='sensitive_key')
v="S3kr-"+an(10); add('pos','secret.cli_eq',["app",f"--token={v}","-v"],[v],["-v"],path="extra.sys.argv",tags=['argv'],rule='sensitive_key')
v="S3kr-"+an(10); add('pos','secret.env_dump',f"PATH=/usr/bin\nDB_PASSWORD={v}\nLANG=C",[v],["PATH=/usr/bin","LANG=C"],tags=['env'],rule='sensitive_key')
v="S3kr-"+an(10); add('pos','secret.yaml',f"host: db\npassword: \"{v}\"\nport: 5432",[v],["port: 5432"],tags=['yaml'],rule='sensitive_key')
v="S3kr-"+an(10); add('pos','secret.json_string','{"user":"x","password":"'+v+'","n":1}',[v],['"n":1'],path="request.data",tags=['json-in-string'],rule='sensitive_key')
v="S3kr-"+an(10); add('pos','secret.python_kwargs',f"login(user='x', password='{v}', retry=3)",[v],["retry=3"],path="exception.values.0.stacktrace.frames.1.context_line",tags=['source-line'],rule='sensitive_key')
v="S3kr-"+an(10); add('pos','secret.form_multipart',f'------b\r\nContent-Disposition: form-data; name="password"\r\n\r\n{v}\r\n------b--',[v],["form-data"],path="request.data",tags=['multipart'],rule='sensitive_key')
v="S3kr-"+an(10); add('pos','secret.xml',f"<login><user>x</user><password>{v}</password></login>",[v],["<user>x</user>"],path="request.data",tags=['xml'],rule='sensitive_key')
v="S3kr-"+an(10); add('pos','secret.graphql_vars',{"query":"mutation($p:String!){login(p:$p)}","variables":{"p":v,"password":v}},[v],["mutation"],path="request.data",tags=['graphql','value-taint'],rule='sensitive_key')
v="S3kr-"+an(10); add('pos','secret.cookie_header',f"theme=dark; sessionid={v}; lang=en",[v],["theme=dark","lang=en"],path="request.headers.Cookie",tags=['cookie'],rule='sensitive_key')
v="S3kr-"+an(10); add('pos','secret.deep_b64_json',base64.urlsafe_b64encode(json.dumps({"password":v}).encode()).decode().rstrip('='),[base64.urlsafe_b64encode(json.dumps({"password":v}).encode()).decode().rstrip('=')],[],path="request.cookies.state",tags=['base64url'],rule='sensitive_key')
# bearer/basic/jwt
t=an(40); add('pos','bearer',f"Authorization: Bearer {t} expired",[t],["expired"],rule='bearer')
t=base64.b64encode(("bob:S3kr-"+an(8)).encode()).decode(); add('pos','basic_auth',f"Basic {t}",[t],[],path="request.headers.Authorization",rule='bearer')
t=base64.b64encode(("bob:S3kr-"+an(8)).encode()).decode(); add('pos','basic_auth.inline',f"curl -H 'Authorization: Basic {t}' http://h.example/x",[t],["curl","/x"],rule='bearer')
t=hx(32); add('pos','digest_auth',f'Digest username="u", nonce="x", response="{t}"',[t],[],path="request.headers.Authorization",rule='bearer')
b64u=lambda x: base64.urlsafe_b64encode(x).decode().rstrip('=')
for alg in ("HS256","RS256","ES256","none"):
    j=b64u(json.dumps({"alg":alg,"typ":"JWT"}).encode())+'.'+b64u(json.dumps({"sub":"synthetic","e":em(),"iat":1}).encode())+'.'+('' if alg=='none' else b64u(bytes(R.randrange(256) for _ in range(32))))
    add('pos','jwt.'+alg,f"token {j} invalid signature",[j],["invalid signature"],rule='jwt')
j=b64u(b'{"alg":"RSA-OAEP","enc":"A256GCM"}')+'.'+'.'.join(b64u(bytes(R.randrange(256) for _ in range(24))) for _ in range(4)); add('pos','jwe',f"jwe={j}",[j],["jwe="],rule='jwt')
# URL auth
for u in ["postgres://svc:S3krPg1@db.internal:5432/app","https://bob:S3krPw2@host.example/x","redis://:S3krRd3@cache:6379/0","amqp://g:S3krMq4@mq/vh","mongodb+srv://u:S3krMg5@c.example/db?retryWrites=true","ftp://u:p%40S3kr6@f.example/"]:
    pw=urllib.parse.urlsplit(u).password; add('pos','url_credentials',f"could not connect to {u}",[pw],["could not connect to",urllib.parse.urlsplit(u).hostname],rule='url_auth')
add('pos','dsn_secret.legacy',"https://"+hx(32)+":"+"5ec7e7"+hx(26)+"@errors.example/7",["5ec7e7"],["errors.example/7"],rule='url_auth')
add('pos','jdbc',"jdbc:postgresql://h/db?user=u&password=S3krJd7&ssl=true",["S3krJd7"],["ssl=true"],rule='sensitive_key')
add('pos','odbc',"Server=h;Uid=sa;Pwd=S3krOd8;Encrypt=yes",["S3krOd8"],["Encrypt=yes"],rule='sensitive_key')
add('pos','presigned_s3',"https://b.s3.example/k?X-Amz-Credential=SYNTHCRED%2F2026&X-Amz-Signature="+hx(64),["X-Amz-Signature="+out[-1]['value'][:0]+""][:0]+["SYNTHCRED"],["https://b.s3.example/k"],path="request.url",rule='signed_url')
sig=hx(43); add('pos','azure_sas',f"https://acct.blob.example/c?sv=2026-01-01&sig={sig}%3D&se=2026",[sig],["sv=2026-01-01"],path="request.url",rule='signed_url')
# keys/tokens with impossible content
pem="-----BEGIN {t}PRIVATE KEY-----\nSYNTH{b}\n{c}\n-----END {t}PRIVATE KEY-----"
for t in ["","RSA ","EC ","OPENSSH ","ENCRYPTED ","DSA "]:
    b=an(59); c=an(30); add('pos','private_key',pem.format(t=t,b=b,c=c)+" load error",["SYNTH"+b,c],["load error"],rule='private_key')
b=an(59); add('pos','private_key.escaped_newlines',json.dumps(pem.format(t="",b=b,c=an(30))),["SYNTH"+b],[],tags=['escaped'],rule='private_key')
b=an(59); add('pos','private_key.truncated',f"-----BEGIN RSA PRIVATE KEY-----\nSYNTH{b}\n{an(40)}",["SYNTH"+b],[],tags=['no-end-marker'],rule='private_key')
b=an(59); add('pos','pgp_private',f"-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nSYNTH{b}\n-----END PGP PRIVATE KEY BLOCK-----",["SYNTH"+b],[],rule='private_key')
b=an(50); add('pos','putty_key',f"PuTTY-User-Key-File-3: ssh-rsa\nPrivate-Lines: 1\nSYNTH{b}\n",["SYNTH"+b],[],rule='private_key')
toks=[("aws_access_key_id","AKIA"+"SYNTH0"+"01890189XX"[:10]),("github_pat","ghp_SYNTH"+an(25)+"000000"),("github_fine","github_pat_SYNTH"+an(17)+"_"+an(59)),("gitlab_pat","glpat-SYNTH"+an(15)),("slack_bot","xoxb-SYNTH-"+dg(12)+"-"+an(24)),("slack_webhook","https://hooks.slack.example/services/TSYNTH000/BSYNTH000/"+an(24)),("stripe_live","sk_live_SYNTH"+an(19)),("stripe_restricted","rk_live_SYNTH"+an(19)),("google_api","AIzaSYNTH"+an(30)),("google_oauth","ya29.SYNTH"+an(40)),("gcp_refresh","1//0SYNTH"+an(40)),("npm","npm_SYNTH"+an(31)),("pypi","pypi-SYNTH"+an(60)),("openai_like","sk-SYNTH"+an(40)),("anthropic_like","sk-ant-SYNTH-"+an(40)),("sendgrid","SG.SYNTH"+an(17)+"."+an(43)),("twilio","SKSYNTH"+hx(27)),("telegram","123456789:SYNTH"+an(30)),("discord","MSYNTH"+an(20)+"."+an(6)+"."+an(27)),("shopify","shpat_SYNTH"+hx(27)),("digitalocean","dop_v1_SYNTH"+hx(59)),("hashicorp_vault","hvs.SYNTH"+an(80)),("vault_legacy","s.SYNTH"+an(19)),("databricks","dapiSYNTH"+hx(27)),("age_key","AGE-SECRET-KEY-1SYNTH"+an(50).upper()),("sentry_user","sntryu_SYNTH"+hx(59)),("sentry_org","sntrys_SYNTH"+an(40)+"_"+an(43)),("azure_storage","AccountKey=SYNTH"+an(80)+"=="),("huggingface","hf_SYNTH"+an(29)),("linear","lin_api_SYNTH"+an(35)),("mailgun","key-SYNTH"+hx(27)),("docker_pat","dckr_pat_SYNTH"+an(22)),("terraform","SYNTH"+an(9)+".atlasv1."+an(60)),("ssh_pub_user","ssh-ed25519 AAAASYNTH"+an(60)+" ana.novak@laptop")]
for k,v in toks:
    pre=R.choice(["request failed with token %s (401)","%s rejected (401)","env: TOKEN_X=%s (401)"])
    add('pos','vendor_token.'+k,pre%v,[v if k!='ssh_pub_user' else 'ana.novak@laptop'],["(401)"],rule='vendor_token',tags=['prefix'])
# own tokens
add('pos','own_api_key',"elk_live_SYNTH"+an(32)+"_"+an(6)+" revoked",["elk_live_SYNTH"],["revoked"],rule='own_token')
# user paths
for v,u in [("/home/anovak/app/main.py","anovak"),("/Users/bjorn.larsen/dev/x.js","bjorn.larsen"),("C:\\Users\\chidi\\AppData\\x.dll","chidi"),("C:/Users/divya demir/x","divya demir"),("/export/home/emre/a","emre"),("file:///Users/fatima/x.js","fatima")]:
    add('pos','userpath',v,[u],[v.split('/')[-1] if '/' in v else v.split('\\')[-1]],path="exception.values.0.stacktrace.frames.0.abs_path",rule='userpath',profile='strict')
# names/address by key
for k,v in [("first_name","Ana"),("lastName","Novak-Silva"),("full_name","Chidi Okafor"),("street_address","1 Example Way, Springfield"),("postal_code","99950-1234"),("mothers_maiden_name","Haddad"),("billing_address",{"line1":"1 Example Way","city":"Springfield"}),("maiden_name","Ivanova"),("gender","f"),("religion","x-synth"),("health_note","synthetic asthma note"),("salary",123456)]:
    add('pos','personal_field.'+k,v,[v if isinstance(v,str) else (str(v) if isinstance(v,int) else "1 Example Way")],[],path=f"extra.{k}",key=k,tags=['key-driven'],rule='personal_field',profile='strict')
add('pos','user.email_field',em(),[out[-1]['must_remove'][0]][:0]+[],[],path="user.email",rule='email'); out[-1]['must_remove']=[out[-1]['value']]
# crypto / misc
add('pos','btc_wif',"wif 5SYNTH"+an(45).replace('0','x').replace('O','x').replace('I','x').replace('l','x'),["5SYNTH"],["wif"],rule='vendor_token',profile='strict')
add('pos','seed_phrase',"mnemonic: abandon ability able about above absent absorb abstract absurd abuse access accident",["abandon ability able"],["mnemonic"],rule='seed_phrase',profile='strict')
add('pos','sql_literal',"SELECT * FROM u WHERE email='"+em()+"' AND pw='S3krSq9'",["S3krSq9"],["SELECT * FROM u"],path="spans.0.description",rule='sql_literal',tags=['sql'])
add('pos','minidump_string',"C\x00:\x00\\\x00U\x00s\x00e\x00r\x00s\x00\\\x00i\x00n\x00e\x00s\x00",["i\x00n\x00e\x00s"],[],path="attachment.minidump",tags=['utf16le','binary'],rule='userpath',profile='attachment')
# value-taint: secret appears first under key then in message
v="S3kr-"+an(12); add('pos','value_taint',{"vars":{"password":v},"message":f"login failed for bob with {v}"},[v],["login failed for bob"],path="event",tags=['cross-field'],rule='value_taint')

# carrier matrix: the same kinds through every place an SDK puts data
def card(): return luhn_fix('4',16)
def ib(): return iban('DE',dg(18))
def jw(): return b64u(b'{"alg":"HS256"}')+'.'+b64u(json.dumps({"sub":"synthetic","n":R.randrange(10**6)}).encode())+'.'+b64u(bytes(R.randrange(256) for _ in range(32)))
CARR=[("breadcrumb.console","breadcrumbs.values.0.message","console: got %s from form",["from form"]),
("breadcrumb.fetch","breadcrumbs.values.1.data.url","https://api.example/v1/find?q=%s&lang=en",["lang=en"]),
("frame.repr","exception.values.0.stacktrace.frames.1.vars.self","<Order id=9 owner=%s state='paid'>",["id=9","state='paid'"]),
("frame.context","exception.values.0.stacktrace.frames.1.context_line","    notify(%s, retry=2)",["retry=2"]),
("frame.pre_context","exception.values.0.stacktrace.frames.1.pre_context.0","# example %s for qa",["for qa"]),
("json_string","request.data",'{"note":"%s","page":1}',['"page":1']),
("csv_line","extra.import_row","7;%s;ok;2026",["ok;2026"]),
("log_kv","logentry.formatted","level=error who=%s op=save dur=3ms",["op=save","dur=3ms"]),
("exc_value","exception.values.0.value","ValidationError: '%s' is not allowed",["ValidationError"]),
("chained_exc","exception.values.1.value","KeyError(%s)",["KeyError"]),
("thread_var","threads.values.0.stacktrace.frames.0.vars.arg","arg=%s;x=1",["x=1"]),
("header","request.headers.X-Debug","v1 %s end",["end"])]
for kname,fn,rule in [("email",em,"email"),("card",card,"card"),("iban",ib,"iban"),("us_ssn",ssn,"us_ssn"),("jwt",jw,"jwt")]:
    for cn,p,t,k in CARR:
        v=fn(); add('pos',kname+'.carrier.'+cn,t%v,[v],k,path=p,tags=['carrier'],rule=rule)
# ---------- hard negatives
def neg(kind,value,keep=None,path=None,tags=(),profile='default'): add('neg',kind,value,(),keep if keep is not None else [value if isinstance(value,str) else json.dumps(value,ensure_ascii=False)],path=path,tags=tags,profile=profile)
for i in range(16): neg('uuid',str(uuid.UUID(int=R.getrandbits(128),version=4)),path=R.choice(["tags.request_id","extra.id","contexts.trace.trace_id","message"]))
for i in range(6): neg('uuid.nodash',hx(32),path="event_id")
for i in range(12): neg('git_sha',f"deploy {hx(40)} failed")
for i in range(4): neg('git_sha_short',f"commit {hx(7)} broke build")
for i in range(4): neg('sha256_digest',f"image sha256:{hx(64)} not found")
def nonluhn(n,p=''):
    while True:
        s=p+dg(n-len(p))
        if not luhn_ok(s): return s
for i in range(20): 
    s=nonluhn(16,R.choice(['4','51','6011','37'])) if i<12 else nonluhn(R.choice([13,14,15,17,18,19])); neg('number.luhn_fail',f"order {s} not shipped")
for i in range(6): neg('number.order_id_luhn_valid_wrong_iin',f"invoice {luhn_fix(R.choice(['9','1','0','77']),16)} overdue",tags=['luhn-valid','bad-iin'])
for i in range(6): neg('epoch_ms',f"at {1700000000000+R.randrange(10**11)} retry")
for i in range(4): neg('epoch_us',f"t={1700000000000000+R.randrange(10**14)}")
for i in range(4): neg('epoch_ns',str(1700000000000000000+R.randrange(10**17)),path="extra.start_ns")
for i in range(4): neg('snowflake_id',f"tweet {nonluhn(19,'1')} deleted")
for v in ["2026-01-02T03:04:05.678Z","2026-01-02 03:04:05+02:00","20260102T030405Z","Fri, 02 Jan 2026 03:04:05 GMT","03:04:05","2026-W01-5"]: neg('timestamp',f"started {v}")
for v in ["1.2.3","10.0.19045.4412","4.18.0-553.el8","2026.1.2.3","v20.11.1","1.2.3.4-beta","Chrome/120.0.0.0","build 7.6.5.4321","OpenSSL 3.0.19","Windows NT 10.0"]: neg('version',f"running {v} here",tags=['ipv4-like'],profile='ip')
for v in ["127.0.0.1","0.0.0.0","::1","localhost:8000"]: neg('loopback',f"bind {v} failed",tags=['allow-loopback'],profile='ip')
for v in ["0x7ffde4a31c48","0xDEADBEEFCAFEBABE","0x00000000004005d6","ffffffffffffffff","0x1"]: neg('hex_address',f"segfault at {v}")
for v in ["std::vector<int>::push_back","a::b::c::d","core::ptr::drop_in_place","::std::move","Foo::Bar","dead::beef","abc::def::fed","face::cafe::b0de()","::fe80","1::2 slice","x[::2]","lst[1:2:3]","12:34:56","a:b:c:d:e:f:g:h"]: neg('ipv6_like_code',f"in {v} at line 7",tags=['ipv6-like'],profile='ip')
for v in ["/usr/lib/python3.11/site-packages/django/db/models/query.py","C:\\Program Files\\App\\bin\\x.dll","/opt/app/home/index.html","webpack:///./src/users/profile.tsx","app:///main.jsbundle","node_modules/@babel/runtime/helpers/x.js","/srv/users/list.py","/app/auth/token.py","/var/www/html/password_reset.php","src/components/UserProfile/index.tsx"]: neg('file_path',v,path="exception.values.0.stacktrace.frames.0.filename",tags=['frame'])
for v in ["password_reset_view","get_token","AuthenticationMiddleware.process_request","validate_credit_card","secret_santa","tokenize","author","authority","authored_by","tokenizer.encode","cancel_authorization","compass","bypass_cache","classPassword","passwordless_login"]: neg('function_name',v,path="exception.values.0.stacktrace.frames.0.function",tags=['sensitive-word-in-code'])
for v in ["password must be at least 12 characters","Unexpected token < in JSON at position 0","Invalid token: expected ')'","authentication failed","Unauthorized: missing credentials","the secret to success","token bucket exhausted","CSRF token missing","no password supplied","auth service timeout after 30s","Bearer authentication required","author not found","The passport module is not installed","SyntaxError: Unexpected token 'export'","api key is required","credentials provider chain exhausted","JWT expired 5 seconds ago","ssl private key not found at path","pin code field is empty","session expired"]: neg('message_with_sensitive_word',v,path=R.choice(["exception.values.0.value","logentry.formatted","breadcrumbs.values.0.message"]),tags=['over-scrub'])
for k,v in [("author","kim"),("authors",["kim"]),("token_count",42),("max_tokens",4096),("tokens_per_second",12.5),("password_required",True),("passwords_match",False),("auth_method","saml"),("auth_enabled",True),("has_secret",False),("secret_count",0),("session_duration_ms",1234),("cookie_banner_shown",True),("api_key_id","key_17"),("authority","example.com"),("keyboard","us"),("tokenizer","bpe"),("pinned",True),("spinner","x"),("shipping","ups"),("opinion","ok"),("ssn_provided",False),("credit","low"),("passed",True),("compass","n"),("key","value"),("public_key_fingerprint","aa:bb:cc"),("monkey","x"),("oauth_provider","okta"),("authorized",True),("cardinality",9),("discard","no"),("salty",1),("csrf_enabled",True),("password_last_changed_days",3)]:
    neg('safe_key_name',v,[json.dumps(v,ensure_ascii=False).strip('"')],path=f"extra.{k}",tags=['key-false-friend'])
for v in ["user@host: command not found"[:0]+"git@github.example:org/repo.git"[:0]+"@property","@media (max-width: 600px)","@types/node@20.1.0","lodash@4.17.21","react@18.2.0-next.1","@app.route('/x')","price @ 5.00","a@b","foo@","@bar","user@localhost"[:0]+"x@1","image.png@2x","sentry.python@1.0","pkg:npm/%40scope/name@1.2.3","0xab@0x7f","me @ home"]: neg('at_sign',f"in {v} here",tags=['email-like'])
for v in ["noreply@example.com is a placeholder"[:0]+"Content-Type: text/html","AT&T","GB1234","DE00","IT works","ESXI7020250101234567","FR2026ABCDEF","NO1234567890","CHECKSUM1234567890AB","DEADBEEF1234567890123456","GB82WEST12345698765433"]: neg('iban_like',f"code {v} seen",tags=['mod97-fail'])
def badiban():
    while True:
        v='DE'+dg(20)
        n=int(''.join(str(int(c,36)) for c in v[4:]+v[:4]))
        if n%97!=1: return v
for i in range(6): neg('iban.mod97_fail',f"ref {badiban()} seen",tags=['mod97-fail'])
for v in ["123-45-678","1234-56-7890","000-12-3456","666-12-3456","900-12-3456","123-00-4567","123-45-0000","2026-01-0203","555-01-99","12-345-6789"]: neg('ssn_like',f"part {v} missing",tags=['invalid-ssn'])
for v in ["eyJ is a prefix","a.b.c","1.2.3.4.5","eyJhbGciOi","foo.bar.baz","com.example.app","www.example.com","x.y.z()","ey.ey.ey","module.sub.func"]: neg('jwt_like',f"load {v} ok")
for v in ["-----BEGIN CERTIFICATE-----\nSYNTHPUBLICDATA\n-----END CERTIFICATE-----","-----BEGIN PUBLIC KEY-----\nSYNTHPUB\n-----END PUBLIC KEY-----","BEGIN PRIVATE BETA","---- BEGIN SSH2 PUBLIC KEY ----"]: neg('public_pem',v,tags=['public'])
for v in ["https://app.example/users/42/orders?page=2&sort=asc","http://[fe80::1]/"[:0]+"https://cdn.example/a@2x.png","https://h.example:8443/x","//cdn.example/x.js","mailto:","postgres://db.internal:5432/app","https://docs.example/#token-format","s3://bucket/key","redis://cache:6379/0","https://x.example/auth/callback?state=ok"]: neg('url_clean',v,path="request.url")
for v in ["error 404","5551234","12345","99999999","ticket #202-555","ext. 4432","1-800","2026","555-0123 rows","10,000,000","3.14159265358979","1e308","0.1+0.2","+1 to this idea","1/2/3/4","4-4-4-4","line 1234 col 5678","(1024) 768 rows","192 0 2 17","port 54321"]: neg('phone_like',f"got {v} now",tags=['phone-like'],profile='strict')
for v in ["00:00:00:00:00"[:0]+"12:34:56:78","aa:bb:cc","de:ad:be:ef","00:11:22:33:44:55:66:77","SHA1 Fingerprint=AA:BB:CC:DD:EE:FF:00:11:22:33"]: neg('mac_like',f"hash {v} mismatch",tags=['mac-like'],profile='strict')
for v in [base64.b64encode(bytes(R.randrange(256) for _ in range(48))).decode() for _ in range(6)]: neg('base64_blob',f"etag {v}",tags=['high-entropy'])
for v in ["data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk","W/\"5e15153d-120f\"","sha384-"+base64.b64encode(bytes(R.randrange(256) for _ in range(48))).decode(),"main.8f3a9c1e.chunk.js","css-1q2w3e4r","bundle-"+hx(20)+".js","sourceMappingURL=app."+hx(8)+".js.map"]: neg('build_artifact',v,tags=['high-entropy'])
for v in ["SELECT count(*) FROM tokens WHERE expired","UPDATE passwords_history SET n=n+1","DELETE FROM sessions WHERE ts < now()","SELECT auth.uid()","CREATE INDEX ON api_keys(id)"]: neg('sql_identifier',v,path="spans.0.description",tags=['sql'])
for v in ["Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36","okhttp/4.12.0","curl/8.4.0","python-requests/2.31.0"]: neg('user_agent',v,path="request.headers.User-Agent",tags=['ipv4-like'],profile='ip')
for v in ["ZeroDivisionError: division by zero","KeyError: 'user_id'","TypeError: Cannot read properties of undefined (reading 'map')","NullPointerException at com.example.Foo.bar(Foo.java:42)","panic: runtime error: index out of range [5] with length 3","ORA-00942: table or view does not exist","ECONNREFUSED","SIGSEGV","HTTP 502","errno 111"]: neg('plain_error',v,path="exception.values.0.value")
for v in ["🎉🎉","日本語のエラー","ошибка","a"*200,"\\u0041","{{template}}","${HOME}","%s %d %r","<script>","null","NaN","true","[]","{}"," "]: neg('text_misc',v,path="logentry.formatted")
for v in ["5.1.2.3.4","1.2.3.4.5.6","256.300.1.2","01.02.03","1.2.3","999.999.999.999"]: neg('ipv4_invalid',f"oid {v} x",tags=['ipv4-like'],profile='ip')
for v in [12345678901234567890,4111111111111112,0,-1,1.5,True,None,[1,2,3]]: neg('json_scalar',v,[json.dumps(v)],path="extra.n")
P=[o for o in out if o['label']=='pos']; N=[o for o in out if o['label']=='neg']
for i,o in enumerate(out): o['id']=f"{o['label']}-{i:04d}"
# fix presigned
for o in out:
    if o['kind']=='presigned_s3': o['must_remove']=["SYNTHCRED",o['value'].split('X-Amz-Signature=')[1]]
bad=[]
for o in out:
    s=o['value'] if isinstance(o['value'],str) else json.dumps(o['value'],ensure_ascii=False)
    for x in o['must_remove']:
        if x not in s and x not in json.dumps(o['value'],ensure_ascii=False):
            if not any(t in o['tags'] for t in ('urlenc','urlenc2','base64','json-in-json')): bad.append((o['id'],o['kind'],'rm',x))
    for x in o['must_keep']:
        if x not in s and x not in json.dumps(o['value'],ensure_ascii=False): bad.append((o['id'],o['kind'],'keep',x))
    for k in o['must_keep']:
        for r in o['must_remove']:
            if r in k: bad.append((o['id'],'overlap',r,k))
import sys
with open(sys.argv[1] if len(sys.argv)>1 else 'pii_corpus.jsonl','w') as f:
    for o in out: f.write(json.dumps({k:o[k] for k in ('id','label','kind','rule','profile','path','key','value','must_remove','must_keep','tags')},ensure_ascii=False)+'\n')
print(len(out),'cases',len(P),'pos',len(N),'neg','kinds pos',len({o['rule'] for o in P}),'subkinds pos',len({o['kind'] for o in P}),'neg kinds',len({o['kind'] for o in N})); print('self-check problems',bad[:20])
